"""Runs Preceptor's programs with their clock ahead, by the seconds in the file that CLOCK_AHEAD names. For tests alone.

Python imports a module of this name by itself when it starts, before anybody has asked for the time.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from preceptor.lib import clock

AHEAD = Path(os.environ["CLOCK_AHEAD"])
true_now = clock.utc_now


def utc_now() -> datetime:
    """The true time, and what the file says on top."""
    return true_now() + timedelta(seconds=float(AHEAD.read_text() or 0))


clock.utc_now = utc_now
