"""Conditions of rules made SQL: the language and its guard, placeholders, other rows, shared values, lookup tables."""
