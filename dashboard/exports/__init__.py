"""Downloads: each made within the rights of the one who asks, and logged."""
