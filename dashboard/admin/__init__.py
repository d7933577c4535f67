"""Accounts, organisation, switches, the access log."""
