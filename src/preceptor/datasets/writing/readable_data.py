"""Somebody's own data as people read it: money, lengths and projects in words, and what happened in sentences."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, format_money
from preceptor.lib.text.duration import shown_duration
from preceptor.people.audit import told

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "details{border-top:1px solid #8886;padding:.6rem 0}summary{cursor:pointer}"
    "h2{display:inline;font-size:1.15rem;margin:0}"
    "h2 small{font-weight:400;color:#777}"
    "article{border-top:1px solid #8884;margin:.6rem 0 0;padding:.6rem 0 0}h3{font-size:1rem;margin:0}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.1rem 1rem;margin:0}"
    "dt{color:#777}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}"
    ".ids{font-size:.75rem;color:#777;margin:.2rem 0 0;overflow-wrap:anywhere}"
    "@media(max-width:34rem){dl{display:block}dd{margin-bottom:.3rem}}"
)
MOST_OPEN = 20
"""Tables with more rows are folded."""

NAMES: Mapping[str, LazyText] = {
    "accepted": _("Accepted"),
    "active": _("Active"),
    "activity": _("Activity"),
    "address": _("Address"),
    "amount": _("Amount"),
    "announced_at": _("Announced"),
    "answer": _("Answer"),
    "answer_by": _("Until"),
    "at": _("When"),
    "attempt": _("Attempt"),
    "begun_at": _("Begun"),
    "body": _("Text"),
    "by_task": _("By the task"),
    "bytes": _("Bytes"),
    "categories": _("Content"),
    "category": _("Content"),
    "clarity": _("Clarity"),
    "comment": _("Comment"),
    "consents": _("Content"),
    "content": _("Content"),
    "corrected": _("Corrected"),
    "country": _("Country"),
    "created_at": _("Written down"),
    "credit_name": _("Credit"),
    "currency": _("Currency"),
    "day": _("Day"),
    "decided_at": _("Decided"),
    "device": _("Device"),
    "effective_at": _("In force from"),
    "effective_from": _("For work begun from"),
    "email": _("E-mail"),
    "ended_at": _("Ended"),
    "expires_at": _("Until"),
    "fairness": _("Fairness"),
    "granted_at": _("Since"),
    "hint": _("Where it goes"),
    "idle": _("Idle"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_seen_at": _("Last seen"),
    "level": _("Level"),
    "link": _("Link"),
    "markdown": _("Text"),
    "marks": _("Marks"),
    "measure": _("Measure"),
    "media_type": _("Kind"),
    "month": _("Month"),
    "name": _("Name"),
    "network": _("Network"),
    "note": _("Note"),
    "organisation": _("Who engages and pays"),
    "outcome": _("Outcome"),
    "paid": _("Paid"),
    "paused": _("Paused"),
    "pay": _("Pay"),
    "points": _("Points"),
    "promised": _("Promised"),
    "prompt": _("Prompt"),
    "pseudonym": _("Pseudonym"),
    "rate": _("Rate"),
    "read_at": _("Read"),
    "reason": _("Reason"),
    "region": _("Region"),
    "rejected": _("Rejected"),
    "returned": _("Returned"),
    "role": _("Role"),
    "roles": _("Roles"),
    "round": _("Round"),
    "since": _("Since"),
    "skills": _("Skills"),
    "spoken": _("Languages"),
    "started_at": _("Begun"),
    "state": _("State"),
    "subject": _("Subject"),
    "submitted": _("Submitted"),
    "submitted_at": _("Handed in"),
    "text": _("Text"),
    "time_zone": _("Time zone"),
    "title": _("Title"),
    "topic": _("Topic"),
    "user_agent": _("Browser"),
    "verdict": _("Verdict"),
    "version": _("Version"),
    "waiting": _("Waiting"),
    "why": _("Why"),
    "wish": _("What you asked for"),
}
"""What fields are called, where they have a word of people's; endings such as `_minor` aside."""


def readable_section(title: str, rows: int, *, is_folded: bool = False) -> str:
    """What stands before the rows of a table; `</details>` ends it."""
    opened = "" if is_folded or rows > MOST_OPEN else " open"
    return f"<details{opened}><summary><h2>{escape(title)} <small>{rows}</small></h2></summary>\n"


def readable_row(row: Mapping[str, Any], *, projects: Mapping[UUID, str]) -> str:
    """A row: its fields with words for what has some, then the ids by which rows belong together."""
    head = ""
    if isinstance(row.get("name"), str) and isinstance(row.get("data"), dict):  # something that happened
        head = f"<h3>{escape(str(told(row['name'])))}</h3>"
    fields = list(_fields(row, projects))
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in fields)
    ids = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items() if isinstance(value, UUID))
    below = f'<p class="ids">{escape(ids)}</p>' if ids else ""
    return f"<article>{head}<dl>{shown}</dl>{below}</article>\n"


def _fields(row: Mapping[str, Any], projects: Mapping[UUID, str]) -> Iterator[tuple[str, str]]:
    project = row.get("project_id")
    if isinstance(project, UUID) and project in projects:
        yield str(_("Project")), projects[project]
    currency = row.get("currency")
    for name, value in row.items():
        if value in (None, "", [], {}) or isinstance(value, UUID):
            continue
        if name.endswith("_minor") and isinstance(currency, str) and isinstance(value, int):
            yield _named(name.removesuffix("_minor")), format_money(Money(value, currency))
        elif (name == "ms" or name.endswith("_ms")) and isinstance(value, int):
            yield _named(name.removesuffix("ms").strip("_")) or str(_("Time")), shown_duration(value)
        else:
            yield _named(name), _text(value)


def _named(name: str) -> str:
    return str(NAMES[name]) if name in NAMES else name.replace("_", " ")


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "\n".join(_lines(value))


def _lines(value: object) -> Iterator[str]:
    """What is nested, a line for each value, further in by what it stands in."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner in (None, "", [], {}):
                continue
            inside = list(_lines(inner))
            if len(inside) == 1 and not isinstance(inner, dict):
                yield f"{name}: {inside[0]}"
            else:
                yield f"{name}:"
                yield from (f"  {line}" for line in inside)
    elif isinstance(value, list):
        if all(not isinstance(one, dict | list) for one in value):
            yield ", ".join(str(one) for one in value)
        else:
            for one in value:
                inside = list(_lines(one))
                yield from (f"{'– ' if place == 0 else '  '}{line}" for place, line in enumerate(inside))
    elif isinstance(value, bool):
        yield str(_("yes") if value else _("no"))
    else:
        yield from str(value).splitlines() or [""]
