"""A user's week as a calendar."""
