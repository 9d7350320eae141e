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
    ":root{color-scheme:light dark;--quiet:light-dark(#666,#a5a5a5)}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "details{border-top:1px solid #8886;padding:.6rem 0}summary{cursor:pointer}"
    "h2{display:inline;font-size:1.15rem;margin:0}"
    "h2 small{font-weight:400;color:var(--quiet)}"
    "article{border-top:1px solid #8884;margin:.6rem 0 0;padding:.6rem 0 0}h3{font-size:1rem;margin:0}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.1rem 1rem;margin:0}"
    "dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}"
    ".rest{font-size:.75rem;color:var(--quiet);margin:.2rem 0 0;overflow-wrap:anywhere;white-space:pre-wrap}"
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
    "cap": _("Limit"),
    "carried": _("Carried over"),
    "categories": _("Content"),
    "category": _("Content"),
    "changed_at": _("Changed"),
    "checked_at": _("Last looked at"),
    "claimed_at": _("Taken"),
    "clarity": _("Clarity"),
    "comment": _("Comment"),
    "consents": _("Content"),
    "content": _("Content"),
    "corrected": _("Corrected"),
    "country": _("Country"),
    "created_at": _("Written down"),
    "credit": _("To the account"),
    "credit_name": _("Credit"),
    "currency": _("Currency"),
    "data": _("Details"),
    "day": _("Day"),
    "debit": _("From the account"),
    "decided_at": _("Decided"),
    "device": _("Device"),
    "earned": _("Earned"),
    "effective_at": _("In force from"),
    "effective_from": _("For work begun from"),
    "email": _("E-mail"),
    "ended_at": _("Ended"),
    "expires_at": _("Until"),
    "fairness": _("Fairness"),
    "function": _("Function"),
    "given_back": _("Given back"),
    "granted_at": _("Since"),
    "guidelines_version": _("Version of the guidelines"),
    "held": _("Held back"),
    "hint": _("Where it goes"),
    "hours_least": _("Hours a week, least"),
    "hours_most": _("Hours a week, most"),
    "idle": _("Idle"),
    "in_review": _("In review"),
    "kept": _("Kept"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_post_at": _("Last written in"),
    "last_seen_at": _("Last seen"),
    "lasts_days": _("Days it lasts"),
    "lease_until": _("Held for you until"),
    "level": _("Level"),
    "link": _("Link"),
    "mail_state": _("Mail"),
    "markdown": _("Text"),
    "marks": _("Marks"),
    "measure": _("Measure"),
    "media_type": _("Kind"),
    "method": _("How you signed in"),
    "month": _("Month"),
    "name": _("Name"),
    "network": _("Network"),
    "note": _("Note"),
    "notice_days": _("Days of notice"),
    "organisation": _("Who engages and pays"),
    "outcome": _("Outcome"),
    "paid": _("Paid"),
    "paused": _("Paused"),
    "pay": _("Pay"),
    "pinned": _("Pinned"),
    "points": _("Points"),
    "promised": _("Promised"),
    "prompt": _("Prompt"),
    "pseudonym": _("Pseudonym"),
    "rate": _("Rate"),
    "rated_at": _("When"),
    "read_at": _("Read"),
    "reason": _("Reason"),
    "region": _("Region"),
    "rejected": _("Rejected"),
    "returned": _("Returned"),
    "revision": _("Revision"),
    "rework_round": _("Times sent back"),
    "role": _("Role"),
    "roles": _("Roles"),
    "round": _("Round"),
    "scope": _("Where it holds"),
    "since": _("Since"),
    "skills": _("Skills"),
    "source": _("For what"),
    "spoken": _("Languages"),
    "started_at": _("Begun"),
    "state": _("State"),
    "state_at": _("Since"),
    "subject": _("Subject"),
    "submitted": _("Submitted"),
    "submitted_at": _("Handed in"),
    "terms_version": _("Version of the terms"),
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
    "withdrawn_at": _("Withdrawn"),
}
"""What fields are called, where they have a word of people's; endings such as `_minor` aside."""


def readable_section(title: str, rows: int, *, is_folded: bool = False) -> str:
    """What stands before the rows of a table; `</details>` ends it."""
    opened = "" if is_folded or rows > MOST_OPEN else " open"
    return f"<details{opened}><summary><h2>{escape(title)} <small>{rows}</small></h2></summary>\n"


def readable_row(row: Mapping[str, Any], *, projects: Mapping[UUID, str]) -> str:
    """A row: its fields that have a word of people's, then, in small print, what is kept for programs."""
    head = ""
    if isinstance(row.get("name"), str) and isinstance(row.get("data"), dict):  # something that happened
        head = f"<h3>{escape(str(told(row['name'])))}</h3>"
    fields = list(_fields(row, projects))
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in fields)
    small = [(name, value) for name, value in _there(row) if _is_small(name, row)]
    rest = [f"{name.replace('_', ' ')} {_text(value)}" for name, value in small]
    below = f'<p class="rest">{escape(" · ".join(rest))}</p>' if rest else ""
    return f"<article>{head}<dl>{shown}</dl>{below}</article>\n"


def _there(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in row.items() if value not in (None, "", [], {}))


def _fields(row: Mapping[str, Any], projects: Mapping[UUID, str]) -> Iterator[tuple[str, str]]:
    project = row.get("project_id")
    if isinstance(project, UUID) and project in projects:
        yield str(_("Project")), projects[project]
    for name, value in _there(row):
        if _is_small(name, row):
            continue
        word = _word(name)
        if name.endswith("_minor") and isinstance(value, int):
            yield word, format_money(Money(value, row["currency"]))
        elif _is_time(name) and isinstance(value, int):
            yield word, shown_duration(value)
        else:
            yield word, _text(value)


def _is_small(name: str, row: Mapping[str, Any]) -> bool:
    """Whether a field says something to programs only: an id, a field without a word, cents of nobody knows what."""
    lacks_currency = name.endswith("_minor") and not isinstance(row.get("currency"), str)
    return isinstance(row[name], UUID) or lacks_currency or not _word(name)


def _is_time(name: str) -> bool:
    return name == "ms" or name.endswith("_ms")


def _word(name: str) -> str:
    """What a field is called; "" where only programs know it."""
    if _is_time(name):
        name = name.removesuffix("ms").strip("_")
        if not name:
            return str(_("Time"))
    name = name.removesuffix("_minor")
    return str(NAMES[name]) if name in NAMES else ""


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
