"""Tests of who calls, and of what they may do."""
