"""The rows of each card of a matter."""
