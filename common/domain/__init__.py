"""Weeks, windows, time zones and groups of people. Pure: nothing but the standard library."""
