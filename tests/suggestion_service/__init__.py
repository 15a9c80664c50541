"""Tests of suggestion-service."""
