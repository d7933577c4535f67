"""One card with its findings and their life."""
