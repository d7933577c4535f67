"""Looking at the whole house, cheap things first: the checks of `expectations.health`, and those of Prefect, messages and the inbox."""
