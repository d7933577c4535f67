"""For whoever keeps the machine: switches, register and access log, looking at the whole house, going back to a run."""
