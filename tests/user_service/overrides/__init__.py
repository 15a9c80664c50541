"""Dates that differ from the week."""
