"""The house as `anka serve` keeps it, for its tests: with toys for parts, whole, and with nginx in front."""
