#!/usr/bin/env python
"""Management commands of availability-service."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts the folder of this file first. Our packages lie beside it, in the folder above.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

    from common.manage import run_command

    run_command("availability_service.settings")
