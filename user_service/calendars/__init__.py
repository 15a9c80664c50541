"""Calendars of users: where their busy time comes from."""
