"""Accounts, organisation, switches, the access log, the health of the house."""
