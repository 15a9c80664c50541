"""Dates that differ from the week (contract, section 11)."""
