"""What runs and people make of a finding over the nights: opened, confirmed, answered, explained, corrected; and what a night came to."""
