"""The pictures of the README, made by the project itself: `make pictures`."""
