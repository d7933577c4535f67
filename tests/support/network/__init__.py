"""Looking at what is reached over a network, and at what an office does meanwhile."""
