"""A served dashboard, the people signed in to it, and whoever else knocks."""
