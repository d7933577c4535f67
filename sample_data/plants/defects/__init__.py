"""Defects, each breaking exactly its rule."""
