"""Tests of the calls about users, and of how they are stored."""
