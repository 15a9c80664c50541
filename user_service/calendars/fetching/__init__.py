"""Fetching of calendars from elsewhere, and what opens them."""
