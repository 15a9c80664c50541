"""Reading of iCalendar files, each in a fresh process."""
