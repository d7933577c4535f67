"""Every interface text, Chinese first, English second, by subject."""
