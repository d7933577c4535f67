"""Parameters the pages and documents of notices share."""

from dashboard.frame.parameters import number, text

NOTICE = number("id", 0)
"""A notice; none is numbered nought."""

WEEK = text("week")
"""A week by its name, such as 2026-W26."""
