"""The night: the Prefect flow, the attempt it is written down as, the lock that keeps audits apart, and the server of a single command."""
