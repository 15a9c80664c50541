"""The question about a group, as both upper services take it."""
