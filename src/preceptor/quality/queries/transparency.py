"""Pay, rejections, removals, appeals, exposure and unpaid time of all trainers together; never of one."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from preceptor.lib.db import Driver, ReadSession
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, money_to_decimal
from preceptor.people.rules import CATEGORY_NAMES, Actor, ContentCategory, Permission, country_name
from preceptor.quality.rules import Verdict, reason_label
from preceptor.quality.rules.transparency import FigureRow, FigureTable, shown

# Per person: what they earned by the hour of active and waiting time: by their tasks and by top-ups of pay by the task,
# less what was taken back. Then, per place, the middle and the quarters.
PAY = """
WITH other AS (
    SELECT one.credit, one.debit, one.currency, one.amount_minor
    FROM ledger_entry AS one LEFT JOIN ledger_entry AS first ON first.id = one.origin
    WHERE one.at >= %(since)s AND one.at < %(until)s AND coalesce(first.kind, one.kind) = 'earning'
      AND (one.kind = 'reversal' OR one.source NOT LIKE 'time:%%')
), beside AS (
    SELECT account, currency, sum(amount) AS amount FROM (
        SELECT credit AS account, currency, amount_minor AS amount FROM other
        UNION ALL SELECT debit, currency, -amount_minor FROM other
    ) AS moved WHERE account LIKE 'person:%%' GROUP BY account, currency
), timed AS (
    SELECT person_id, currency, sum(amount_minor) AS amount, sum(active_ms + waiting_ms) AS ms
    FROM time_entry WHERE ended_at >= %(since)s AND ended_at < %(until)s AND rate_minor > 0
    GROUP BY person_id, currency HAVING sum(active_ms + waiting_ms) > 0
), each AS (
    SELECT person.country, person.region, timed.currency,
           (timed.amount + coalesce(beside.amount, 0)) * 3600000.0 / timed.ms AS per_hour
    FROM timed JOIN person ON person.id = timed.person_id
    LEFT JOIN beside ON beside.account = 'person:' || timed.person_id AND beside.currency = timed.currency
)
SELECT country, region, currency, count(*), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY per_hour)
FROM each GROUP BY country, region, currency ORDER BY country, region, currency
"""

VERDICTS = """
SELECT verdict, count(DISTINCT trainer_id), count(*) FROM review
WHERE state = 'decided' AND decided_at >= %(since)s AND decided_at < %(until)s GROUP BY verdict
"""

REASONS = """
SELECT reason, count(DISTINCT trainer_id), count(*) FROM review
WHERE verdict = 'reject' AND decided_at >= %(since)s AND decided_at < %(until)s
GROUP BY reason ORDER BY count(*) DESC, reason
"""

MEASURES = """
SELECT measure, count(DISTINCT person_id), count(*) FROM due_process_case
WHERE announced_at >= %(since)s AND announced_at < %(until)s GROUP BY measure
"""

APPEALS = """
SELECT outcome, count(DISTINCT person_id), count(*),
       avg(extract(epoch FROM decided_at - appealed_at) / 86400.0)
FROM (
    SELECT person_id, appealed_at, decided_at, CASE
        WHEN outcome IS NOT NULL THEN outcome WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' ELSE 'open' END AS outcome
    FROM due_process_case WHERE appealed_at >= %(since)s AND appealed_at < %(until)s
) AS appeal GROUP BY outcome
"""

EXPOSURE = """
SELECT category, count(DISTINCT person_id), sum(ms) / 60000.0,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ms / 60000.0)
FROM exposure WHERE day >= %(first)s AND day < %(last)s AND ms > 0 GROUP BY category
"""

UNPAID = """
SELECT count(DISTINCT person_id), count(DISTINCT person_id) FILTER (WHERE idle_ms > 0), sum(idle_ms) / 60000.0,
       count(DISTINCT person_id) FILTER (WHERE active_ms + waiting_ms > paid_ms),
       sum(active_ms + waiting_ms - paid_ms) / 60000.0,
       count(DISTINCT person_id) FILTER (WHERE waiting_ms > 0), sum(waiting_ms) / 60000.0,
       sum(active_ms + idle_ms + waiting_ms) / 60000.0
FROM time_entry WHERE ended_at >= %(since)s AND ended_at < %(until)s
"""

WAITING = """
SELECT count(DISTINCT person_id),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(now)s - since) / 86400)
FROM work_wait
"""

VERDICT_NAMES: dict[str, LazyText] = {
    "accept": _("Accepted"),
    "correct": _("Accepted with a correction"),
    "return": _("Returned for rework"),
    "reject": _("Rejected"),
}
MEASURE_NAMES: dict[str, LazyText] = {
    "warning": _("Warnings"),
    "restriction": _("Restrictions to some projects"),
    "suspension": _("Suspensions"),
    "removal": _("Removals"),
}
OUTCOME_NAMES: dict[str, LazyText] = {
    "upheld": _("Upheld"),
    "overturned": _("Overturned"),
    "withdrawn": _("Measure withdrawn before a decision"),
    "open": _("Not decided yet"),
}


class TransparencyReport(msgspec.Struct, frozen=True, kw_only=True):
    """Figures about a time, from `since` up to and without `until`."""

    since: date
    until: date
    made_at: datetime
    tables: list[FigureTable]


async def transparency_report(
    session: ReadSession, *, actor: Actor, since: datetime, until: datetime, now: datetime
) -> TransparencyReport:
    """Figures about all trainers together, without any about fewer than five people.

    Raises:
        MissingPermissionError: the actor may not read figures.
    """
    actor.require(Permission.FIGURE_READ)
    driver = await session.driver()
    values = {"since": since, "until": until, "first": since.date(), "last": until.date(), "now": now}
    return TransparencyReport(
        since=since.date(),
        until=until.date(),
        made_at=now,
        tables=[
            await _pay(driver, values),
            await _verdicts(driver, values),
            await _reasons(driver, values),
            await _measures(driver, values),
            await _appeals(driver, values),
            await _exposure(driver, values),
            await _unpaid(driver, values),
        ],
    )


async def _rows(driver: Driver, statement: str, values: dict[str, Any]) -> Sequence[Any]:
    return await (await driver.execute(statement, values)).fetchall()


async def _pay(driver: Driver, values: dict[str, Any]) -> FigureTable:
    rows = []
    for country, region, currency, people, quarters in await _rows(driver, PAY, values):
        place = country_name(country) if country else str(_("Place not given"))
        label = " · ".join(part for part in (place, region, currency) if part)
        # An amount in minor units need not be whole here: it is a mean per hour.
        scale = float(money_to_decimal(Money(1, currency)))
        rows.append(FigureRow(label=label, people=people, values=tuple(float(quarter) * scale for quarter in quarters)))
    return FigureTable(
        key="pay",
        title=_("Pay by the hour, per place"),
        formula=_(
            "Of each person: money earned, with top-ups and less what was taken back ÷ (active + waiting time), unpaid "
            "projects left out. Then the quarter, the middle and the three quarters of all people of a place, in the "
            "currency's own unit."
        ),
        columns=(_("A quarter earn less than"), _("Median"), _("A quarter earn more than")),
        digits=(2, 2, 2),
        rows=shown(rows, add_up=False),
    )


def _counted(found: Sequence[Any], names: dict[str, LazyText], *, with_share: bool = False) -> list[FigureRow]:
    known = {row[0]: row for row in found}
    total = sum(row[2] for row in found)
    rows = []
    for key, name in names.items():
        _key, people, count = known.get(key, (key, 0, 0))[:3]
        share = (100 * count / total if total else None,) if with_share else ()
        rows.append(FigureRow(label=name, people=people, values=(float(count), *share)))
    return rows


async def _verdicts(driver: Driver, values: dict[str, Any]) -> FigureTable:
    found = await _rows(driver, VERDICTS, values)
    return FigureTable(
        key="verdicts",
        title=_("Verdicts of reviews"),
        formula=_("Reviews decided in this time, by verdict; share = of all decided. People: whose work was reviewed."),
        columns=(_("Reviews"), _("Share (%)")),
        digits=(0, 1),
        # The shares add up to a hundred, so one hidden row could be told from the others.
        rows=shown(_counted(found, VERDICT_NAMES, with_share=True), add_up=True),
    )


async def _reasons(driver: Driver, values: dict[str, Any]) -> FigureTable:
    found = await _rows(driver, REASONS, values)
    rows = [
        FigureRow(label=reason_label(Verdict.REJECT, reason) or "–", people=people, values=(float(count),))
        for reason, people, count in found
    ]
    return FigureTable(
        key="rejections",
        title=_("Rejections by reason"),
        formula=_("Reviews decided as rejected, by the reason that was named. People: whose work was rejected."),
        columns=(_("Rejections"),),
        digits=(0,),
        rows=shown(rows, add_up=True),
    )


async def _measures(driver: Driver, values: dict[str, Any]) -> FigureTable:
    return FigureTable(
        key="removals",
        title=_("Warnings, restrictions, suspensions, removals"),
        formula=_("Decisions announced in this time, each by a named person. People: whom they are about."),
        columns=(_("Decisions"),),
        digits=(0,),
        rows=shown(_counted(await _rows(driver, MEASURES, values), MEASURE_NAMES), add_up=False),
    )


async def _appeals(driver: Driver, values: dict[str, Any]) -> FigureTable:
    found = await _rows(driver, APPEALS, values)
    days = {row[0]: row[3] for row in found}
    rows = [
        FigureRow(
            label=row.label,
            people=row.people,
            values=(*row.values, float(days[key]) if days.get(key) is not None else None),
        )
        for key, row in zip(OUTCOME_NAMES, _counted(found, OUTCOME_NAMES), strict=True)
    ]
    return FigureTable(
        key="appeals",
        title=_("Appeals and what came of them"),
        formula=_("Appeals made in this time, by outcome; days = mean of decided − appealed. People: who appealed."),
        columns=(_("Appeals"), _("Days until decided")),
        digits=(0, 1),
        rows=shown(rows, add_up=False),
    )


async def _exposure(driver: Driver, values: dict[str, Any]) -> FigureTable:
    found = {row[0]: row for row in await _rows(driver, EXPOSURE, values)}
    rows = []
    for category in ContentCategory:
        _key, people, minutes, median = found.get(category.value, (category.value, 0, 0, None))
        rows.append(
            FigureRow(
                label=CATEGORY_NAMES[category],
                people=people,
                values=(float(minutes), None if median is None else float(median)),
            )
        )
    return FigureTable(
        key="exposure",
        title=_("Time with content that can weigh on people"),
        formula=_("Minutes at work on items of a category; median over each person's days with any of it."),
        columns=(_("Minutes"), _("Median minutes a day")),
        digits=(0, 1),
        rows=shown(rows, add_up=False),
    )


async def _unpaid(driver: Driver, values: dict[str, Any]) -> FigureTable:
    ((_people, idle_people, idle, over_people, over, wait_people, wait, everything),) = await _rows(
        driver, UNPAID, values
    )
    ((waiting, days),) = await _rows(driver, WAITING, values)

    def share(minutes: Any) -> float | None:
        return 100 * float(minutes) / float(everything) if minutes is not None and everything else None

    def minutes_of(value: Any) -> float:
        return float(value or 0)

    rows = [
        FigureRow(label=_("Idle in a task, not paid"), people=idle_people, values=(minutes_of(idle), share(idle))),
        FigureRow(
            label=_("Over the cap, not paid unless claimed"), people=over_people, values=(minutes_of(over), share(over))
        ),
        FigureRow(label=_("Waiting for models, paid"), people=wait_people, values=(minutes_of(wait), share(wait))),
        FigureRow(
            label=_("Without work now (median wait in minutes)"),
            people=waiting,
            values=(None if days is None else float(days) * 1440, None),
        ),
    ]
    return FigureTable(
        key="unpaid",
        title=_("Unpaid and waiting time"),
        formula=_(
            "Of the time of all tasks that ended: idle; active + waiting − paid; waiting for models; share = of active "
            "+ idle + waiting time. Without work: people whose last look into a queue found nothing, today."
        ),
        columns=(_("Minutes"), _("Share (%)")),
        digits=(0, 1),
        rows=shown(rows, add_up=False),
    )


def table_of(report: TransparencyReport, key: str) -> FigureTable | None:
    """One table of a report; None where it has none of this name."""
    return next((table for table in report.tables if table.key == key), None)


def csv_rows(table: FigureTable) -> Collection[tuple[str, ...]]:
    """A table as rows of texts for a file: its head, then its groups; empty cells where there is nothing to tell."""
    head = ("group", "people", *(str(column) for column in table.columns), "formula")
    rows = [head]
    for row in table.rows:
        people = "fewer than 5" if row.is_hidden else str(row.people)
        cells = [
            "" if value is None else f"{value:.{digits}f}"
            for value, digits in zip(row.values or (None,) * len(table.columns), table.digits, strict=True)
        ]
        rows.append((str(row.label), people, *cells, str(table.formula)))
    return rows
