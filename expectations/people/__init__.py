"""Who uses Anka: the organisation, accounts, sessions, what each role may see and do, and who looked at what."""
