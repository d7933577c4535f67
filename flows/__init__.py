"""What runs, when, and what happens when it fails: loading, the audit and the review as Prefect flows, the command line."""
