"""Suggests a slot for a group."""
