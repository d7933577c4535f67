"""What a finding is: its items, severity, order of departments, masks. Imports no other room."""
