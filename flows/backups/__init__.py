"""Back-ups as the scheduler makes them, and where their passphrase comes from."""
