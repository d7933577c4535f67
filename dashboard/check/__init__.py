"""The check before handing in, from a page."""
