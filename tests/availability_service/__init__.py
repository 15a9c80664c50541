"""Tests of availability-service."""
