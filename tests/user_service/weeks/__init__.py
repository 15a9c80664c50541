"""Tests of the calls about the weeks of users."""
