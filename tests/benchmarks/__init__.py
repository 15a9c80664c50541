"""What a user of the project can measure alone: `make bench`."""
