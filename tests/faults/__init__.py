"""Faults caused on purpose, and more than can be carried: in services, and at the gateway before them."""
