"""Durations in words."""

from preceptor.lib.i18n import _


def shown_duration(milliseconds: float) -> str:
    """A duration as people say it: `45 s`, `12 min`, `1 h 05 min`."""
    seconds = round(milliseconds / 1000)
    if seconds < 60:  # noqa: PLR2004 (seconds in a minute)
        return str(_("{seconds} s").format(seconds=seconds))
    minutes = round(seconds / 60)
    if minutes < 60:  # noqa: PLR2004 (minutes in an hour)
        return str(_("{minutes} min").format(minutes=minutes))
    return str(_("{hours} h {minutes:02d} min").format(hours=minutes // 60, minutes=minutes % 60))
