"""Near misses: changes that are just lawful."""
