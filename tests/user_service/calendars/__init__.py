"""Calendars of users: read, fetched, and what is busy by them."""
