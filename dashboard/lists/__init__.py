"""Lists to search: findings and limits."""
