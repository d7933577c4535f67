"""A published run: what it holds, and reading it as the one who asks may see it."""
