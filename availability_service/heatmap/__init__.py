"""When2Meet's picture."""
