"""What is kept in Redis: the only code that knows it."""
