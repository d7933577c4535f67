"""Commands that keep the home, bring it back, and move its register."""
