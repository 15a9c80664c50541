"""What operators are told of user-service."""
