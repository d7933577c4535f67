"""The benchmark: an audit timed beside hand-written queries that count the same rules."""
