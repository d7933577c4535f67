"""What a run calls things, and in which language: rules in a sentence, and what its cards call case, person and owner."""
