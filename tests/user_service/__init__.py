"""Tests of user-service."""
