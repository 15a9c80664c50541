"""Who may do what: user-service in this process, and all three as they are served, with ACCESS=token."""
