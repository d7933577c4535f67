"""Homes of an office that tests make, keep, and bring back."""
