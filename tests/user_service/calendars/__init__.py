"""Tests of calendars that come from elsewhere."""
