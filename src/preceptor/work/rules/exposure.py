"""Time with content that can weigh on people, by day where they are."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MILLISECOND = timedelta(milliseconds=1)


def zone_of(name: str) -> tzinfo:
    """A time zone by its name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day it is in a time zone."""
    return moment.astimezone(zone).date()


def day_begins(day: date, zone: tzinfo) -> datetime:
    """Midnight at which a day begins in a time zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def by_day(ms: int, *, begins: datetime, ends: datetime, zone: tzinfo) -> dict[date, int]:
    """Give time out to the days on which it was spent, evenly over the stretch. The parts add up to `ms`.

    Args:
        ms: at least 0.
        begins: of the stretch.
        ends: not before it.
        zone: where the person is.
    """
    first, last = day_of(begins, zone), day_of(ends, zone)
    whole = (ends - begins) / MILLISECOND
    parts: dict[date, int] = {}
    given = 0
    day = first
    while day < last:
        until = (day_begins(day + timedelta(days=1), zone) - begins) / MILLISECOND
        upto = round(ms * until / whole)
        parts[day] = upto - given
        given = upto
        day += timedelta(days=1)
    parts[last] = ms - given
    return {day: part for day, part in parts.items() if part}
