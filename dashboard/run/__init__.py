"""What a run says of itself, its rules, and re-checks."""
