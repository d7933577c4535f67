"""What a run says of its exports: the load report, and the profile of their items."""
