#!/usr/bin/env python
"""Management commands of availability-service."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import manage

if __name__ == "__main__":
    manage.run("availability_service.settings", __file__)
