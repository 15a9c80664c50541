"""Tests of all of it together, as real processes over HTTP."""
