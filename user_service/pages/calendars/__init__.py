"""The page of the calendars from which somebody's busy time comes."""
