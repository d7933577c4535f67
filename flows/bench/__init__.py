"""The benchmark: an audit timed beside hand-written statements that find the same, at any size; starting, beside its imports."""
