"""A statement as comma-separated values: times in UTC, money in major units."""

from collections.abc import AsyncIterable, AsyncIterator

from preceptor.lib.money import money_to_decimal
from preceptor.lib.spreadsheets import separated_line
from preceptor.pay.rules import StatementLine

COLUMNS = (
    "at",
    "kind",
    "what",
    "detail",
    "project",
    "active_minutes",
    "waiting_minutes",
    "idle_minutes",
    "paused_minutes",
    "paid_minutes",
    "rate_per_hour",
    "amount",
    "currency",
    "assignment_id",
    "source",
)


async def statement_csv(lines: AsyncIterable[StatementLine]) -> AsyncIterator[str]:
    """The file, a line at a time. Texts are in the language of whoever asks; the first line names the columns."""
    yield separated_line(COLUMNS)
    async for line in lines:
        yield separated_line(
            (
                line.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
                line.kind.value,
                str(line.what),
                str(line.detail),
                line.project,
                *(_minutes(part) for part in (line.active_ms, line.waiting_ms, line.idle_ms, line.paused_ms)),
                _minutes(line.paid_ms),
                "" if line.rate is None else money_to_decimal(line.rate),
                money_to_decimal(line.amount),
                line.amount.currency,
                "" if line.assignment_id is None else str(line.assignment_id),
                line.source,
            )
        )


def _minutes(milliseconds: int) -> float:
    return round(milliseconds / 60_000, 2)
