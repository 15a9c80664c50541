"""Tests, one folder for each part, and `system` for all of it together."""
