"""Health that cascades."""
