"""What happens in a matter, to whom and when, before it is written on cards."""
