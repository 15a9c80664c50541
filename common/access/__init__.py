"""Who calls: credentials, how they are read and passed on (contract, section 13)."""
