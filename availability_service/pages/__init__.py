"""The pages for people of availability-service."""
