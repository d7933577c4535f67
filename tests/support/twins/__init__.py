"""Rules written a second time in plain Python and pandas."""
