"""Tests of the calendars of users: reading them, and what they say of busy time."""
