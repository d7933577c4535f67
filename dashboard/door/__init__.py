"""Who gets in: the gate, sign-in, sessions, the provider, and what the gate adds to answers."""
