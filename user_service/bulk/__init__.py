"""Files of users: import and export."""
