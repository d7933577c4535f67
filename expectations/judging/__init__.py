"""Rows to verdicts to findings: suites, collecting, open limits, and the checks a catalogue must pass before it judges."""
