"""Rows to verdicts to findings: suites, collecting, open limits, and which rows an incremental run judges."""
