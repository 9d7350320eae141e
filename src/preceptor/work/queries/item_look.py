"""The look through a project's items, newest first, for those that are as wanted.

A text is looked for in what whoever asks may read: neither in what the kind hides nor below what people have marked as
private, since being found would tell what stands there.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from preceptor.lib.db import ReadSession
from preceptor.projects.queries import ProjectView
from preceptor.projects.rules import Purpose
from preceptor.work.queries.masks import covered_fields

LAST = UUID(int=0)
"""Below every id."""
CONTENT = 7
"""Where an item's content stands in a row of `LOOK`; brief and topic stand before it."""

# The walk ends as soon as the page is full. `@?` looks into texts alone, wherever they stand, never into their keys;
# what the kind hides would be told by being found.
LOOK = """
SELECT looked.id, looked.state, looked.priority, looked.lane, looked.wanted, looked.brief, looked.topic, looked.content,
       looked.created_at, slots.answered, slots.held, slots.open, turn.prompt
FROM (
    SELECT * FROM item
    WHERE project_id = %(project)s AND id < %(before)s AND id >= %(down_to)s AND sitting_id IS NULL
    ORDER BY id DESC LIMIT %(most)s
) AS looked
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE slot.state = 'done') AS answered, count(*) FILTER (WHERE slot.state = 'held') AS held,
           count(*) FILTER (WHERE slot.state = 'open') AS open
    FROM (
        SELECT slot.state FROM slot WHERE slot.item_id = looked.id
        UNION ALL
        SELECT slot.state FROM item AS part JOIN slot ON slot.item_id = part.id WHERE part.paper_id = looked.id
    ) AS slot
) AS slots
LEFT JOIN turn ON turn.item_id = looked.id AND turn.assignment_id IS NULL AND turn.position = 0
WHERE (%(topic)s::text IS NULL OR looked.topic = %(topic)s)
  AND (%(priority)s::int IS NULL OR looked.priority = %(priority)s)
  AND (%(path)s::jsonpath IS NULL OR looked.topic ILIKE %(like)s OR looked.brief ILIKE %(like)s
       OR CASE cardinality(%(hidden)s::text[]) WHEN 0 THEN looked.content ELSE looked.content - %(hidden)s::text[] END
          @? %(path)s::jsonpath)
  AND CASE %(state)s
      WHEN '' THEN true
      WHEN 'cancelled' THEN looked.state = 'cancelled'
      WHEN 'open' THEN looked.state = 'open' AND (slots.open + slots.held > 0 OR %(exam)s)
      ELSE looked.state = 'open' AND slots.open + slots.held = 0 AND NOT %(exam)s
      END
ORDER BY looked.id DESC LIMIT %(size)s
"""

BOUNDARY = """
SELECT id FROM item WHERE project_id = %(project)s AND id < %(before)s AND sitting_id IS NULL
ORDER BY id DESC OFFSET %(most)s - 1 LIMIT 1
"""

# Of contents as others see them, those that hold the text.
STILL = """
SELECT given.place - 1 FROM unnest(%(contents)s::jsonb[]) WITH ORDINALITY AS given (content, place)
WHERE given.content @? %(path)s::jsonpath
"""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for, and where.

    Attributes:
        text: in topic, brief and everything given, whatever its case; empty for all.
        state: `open`, `done`, `cancelled`, or empty for all.
        hidden: fields of the content that are not looked into.
        before: items with smaller ids alone.
        most: items that are looked at.
    """

    project: ProjectView
    text: str
    topic: str | None
    priority: int | None
    state: str
    hidden: Sequence[str]
    before: UUID
    most: int

    @property
    def values(self) -> dict[str, Any]:
        """For the statements."""
        return {
            "project": self.project.id,
            "before": self.before,
            "most": self.most,
            "topic": self.topic,
            "priority": self.priority,
            "state": self.state,
            "path": _path(self.text) if self.text else None,
            "like": _like(self.text),
            "hidden": list(self.hidden),
            "exam": self.project.purpose is Purpose.EXAM,
        }


async def boundary_of(session: ReadSession, look: Look) -> UUID | None:
    """The last item that is looked at; None where there are no more than those."""
    driver = await session.driver()
    row: Any = await (await driver.execute(BOUNDARY, look.values)).fetchone()
    return row[0] if row else None


async def found_items(session: ReadSession, look: Look, *, size: int) -> list[Any]:
    """Rows of `LOOK`, no more than `size`. For callers that have made sure who asks."""
    driver = await session.driver()
    found: list[Any] = []
    values = look.values | {"down_to": LAST, "size": size}
    while True:
        rows: list[Any] = await (await driver.execute(LOOK, values)).fetchall()
        found += await _readable(session, look, rows) if look.text else rows
        if len(rows) < size or len(found) >= size:
            return found[:size]
        if values["down_to"] == LAST:
            values["down_to"] = await boundary_of(session, look) or LAST
        values["before"] = rows[-1][0]


async def _readable(session: ReadSession, look: Look, rows: Sequence[Any]) -> list[Any]:
    """The rows that hold the text where others can read it as well: not below what people have marked."""
    covered = await covered_fields(session, project=look.project, contents={row[0]: row[CONTENT] for row in rows})
    if not covered:
        return list(rows)
    text = look.text.lower()
    doubted = [row for row in rows if row[0] in covered and not any(text in label.lower() for label in row[5:CONTENT])]
    if not doubted:
        return list(rows)
    contents = [row[CONTENT] | covered[row[0]] for row in doubted]
    shown = [Jsonb({name: one for name, one in content.items() if name not in look.hidden}) for content in contents]
    driver = await session.driver()
    answer = await driver.execute(STILL, {"contents": shown, "path": _path(look.text)})
    still = {doubted[place][0] for (place,) in await answer.fetchall()}
    dropped = {row[0] for row in doubted} - still
    return [row for row in rows if row[0] not in dropped]


def _path(text: str) -> str:
    """A JSON path to any text that holds `text`, taken literally, in whatever case."""
    literal = msgspec.json.encode(text).decode()
    return f'$.** ? (@.type() == "string" && @ like_regex {literal} flag "iq")'


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
