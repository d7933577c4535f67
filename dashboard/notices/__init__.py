"""Notices and digests."""
