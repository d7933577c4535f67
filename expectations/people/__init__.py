"""Who uses Anka: the organisation, accounts, sessions, and who looked at what."""
