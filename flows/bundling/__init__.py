"""The bundle: one archive from which Anka is installed on a machine without a network."""
