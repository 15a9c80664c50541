"""Time that a group has in common. Pure."""
