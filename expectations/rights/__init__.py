"""Who may see and do what: roles, acts and scopes. Decides, and reads nothing."""
