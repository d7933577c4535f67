"""The register of findings."""
