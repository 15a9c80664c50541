"""The page for people on which a group finds a time."""
