"""Faults and load made on purpose: a process that ends at a counted act, a full disk, a clock that goes back, an office at work."""
