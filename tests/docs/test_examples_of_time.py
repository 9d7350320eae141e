"""The examples in “How time is counted and paid” are what the rules say."""

import re
from datetime import UTC, datetime, timedelta

from preceptor.lib.money import Money
from preceptor.work.rules import Interval, allot, earning_of
from tests.docs.conftest import DOCS

PAGE = (DOCS / "clock-and-pay.md").read_text(encoding="utf-8")


def at(minutes: int, seconds: int = 0) -> datetime:
    return datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(minutes=minutes, seconds=seconds)


def milliseconds(shown: str) -> int:
    minutes, seconds = shown.split(":")
    return (int(minutes) * 60 + int(seconds)) * 1000


def test_the_example_of_the_clock():
    told = dict(re.findall(r"^\| (waiting|active|idle|together) \| (\d+:\d\d) \|$", PAGE, re.MULTILINE))
    spent = allot(
        since=at(0),
        now=at(10),
        signs=[at(0), at(2), at(2, 30), at(10)],
        waits=[Interval(at(2), at(2, 20))],
        idle_after=timedelta(minutes=3),
        paused=False,
    )
    assert {name: milliseconds(shown) for name, shown in told.items()} == {
        "waiting": spent.waiting_ms,
        "active": spent.active_ms,
        "idle": spent.idle_ms,
        "together": spent.total_ms,
    }


def test_the_example_of_pay():
    found = re.search(
        r"At (\d+)\.(\d\d) EUR an hour, 12 minutes 41 seconds .*? are ([\d,]+) ms:.*?: (\d+)\.(\d\d) EUR",
        PAGE,
        re.DOTALL,
    )
    assert found is not None
    rate = Money(int(found[1] + found[2]), "EUR")
    worked = milliseconds("12:41")
    assert worked == int(found[3].replace(",", ""))
    earning = earning_of(payable_ms=worked, earned_before_ms=0, cap_ms=None, rate=rate)
    assert earning.money == Money(int(found[4] + found[5]), "EUR")
