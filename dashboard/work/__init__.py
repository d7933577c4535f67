"""The working lists: 今日核查 and 我的清单."""
