"""Tests of the browsable API and of the page for people."""
