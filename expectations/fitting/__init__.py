"""Whether a catalogue fits together: its cards, its conditions, the examples of its rules; and a rule as the SQL it is judged by."""
