"""Tests of what HTTP asks of a service: bodies, headers, versions, faults, and the document of it all."""
