"""For whoever keeps the machine: the switches, and looking at the whole house."""
