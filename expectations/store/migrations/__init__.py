"""Migrations of the register, run by `store.open_register`."""
