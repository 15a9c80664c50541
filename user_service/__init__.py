"""Keeps users and their weeks, in Redis."""
