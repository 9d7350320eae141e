"""`triage`: reported conversations as people judged them, redacted."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.provenance import meta_values, written_time
from preceptor.kinds.triage import TriagedConversation
from preceptor.lib.i18n import _


def lines(content: TriagedConversation, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """One row per judged conversation; all places are those of the redacted messages. An unknown word is `""`."""
    row: dict[str, Any] = msgspec.to_builtins(content)
    for name in ("provenance", "turn", "turns"):
        del row[name]
    row["severity"] = content.severity or ""
    row["message_verdicts"] = [verdict or "" for verdict in content.message_verdicts]
    row["reported_severity"] = content.reported_severity or ""
    row["reported_at"] = written_time(content.reported_at) if content.reported_at else ""
    yield "train", row | {"meta": meta_values(content)}


FORMAT = Format(
    name="triage",
    title=_("Judged reports"),
    about=(
        "One row per reported conversation and person: `messages`, redacted; `verdict`, `severity`, `categories`; "
        "`message_verdicts`, one for each message; `problems` and `redactions`, each `message`, `start`, `end` (code "
        "points of the redacted text) and `label`; `note`; and what the report said."
    ),
    settings=NoSettings,
    task_categories=("text-classification",),
    accepts=(TriagedConversation,),
    lines=lines,
    line_tables={"train": "one row per judged conversation"},
)
