"""Sets the clock of a process apart from that of others. Python runs this as it starts, where PYTHONPATH leads here."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(days=int(os.environ["CLOCK_AHEAD_DAYS"]))).start()
