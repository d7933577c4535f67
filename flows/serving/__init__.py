"""`anka serve`: the dashboard, Prefect's server and the worker that runs the flows, kept by one supervisor; and the units that start it."""
