"""Where fresh processes come from, in which what strangers have written is fetched and read.

Each is forked from a server that has the libraries and has read nothing. The server imports the main module again:
that of a command is manage.py.
"""

import multiprocessing

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "django.core.management",
        "user_service.calendars.reading.calendar_file",
        "user_service.calendars.fetching.caldav",
    ]
)
