"""Whether the house is well: each thing that is looked at, what was seen, and what to do. Nothing is changed here."""
