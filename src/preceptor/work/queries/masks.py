"""What people have marked in items as private, so that nobody else reads it there."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.kinds.task import InvalidItemError, TaskKind
from preceptor.lib.db import Driver, ReadSession
from preceptor.projects.queries import ProjectView
from preceptor.projects.queries.forms import form_at

OWN_WORK = frozenset({"prefetched", "active", "paused", "returned"})
"""States in which whoever works on an item still has to see what they mark."""

# Every revision counts: what somebody once saw as private stays covered. What was rejected may be mischief.
MARKED = """
SELECT assignment.item_id, assignment.id, body.content
FROM assignment
JOIN submission ON submission.assignment_id = assignment.id
JOIN submission_body AS body ON body.submission_id = submission.id
WHERE assignment.item_id = ANY(%s) AND assignment.state <> 'rejected' AND body.erased_at IS NULL
"""


class Masks:
    """Answers about items, by item, as far as they may hold marks.

    Attributes:
        kind: of the items.
    """

    def __init__(self, kind: TaskKind[Any, Any, Any], rows: Collection[tuple[UUID, UUID, Any]] = ()) -> None:
        self.kind = kind
        self._by_item: dict[UUID, list[tuple[UUID, Any]]] = {}
        for item_id, assignment_id, content in rows:
            self._by_item.setdefault(item_id, []).append((assignment_id, kind.decode_answer(content)))

    def over(self, item: Any, *, settings: Any, item_id: UUID, own: UUID | None = None) -> Any:
        """The item without what is marked in it; marks of the assignment `own` are left uncovered."""
        answers = [answer for assignment_id, answer in self._by_item.get(item_id, ()) if assignment_id != own]
        return self.kind.masked(settings, item, answers) if answers else item


async def masks_of(driver: Driver, *, kind: TaskKind[Any, Any, Any], item_ids: Collection[UUID]) -> Masks:
    """What is marked in these items; costs nothing for kinds that know of no such marks."""
    if not kind.masks or not item_ids:
        return Masks(kind)
    return Masks(kind, await (await driver.execute(MARKED, (list(item_ids),))).fetchall())


async def covered_fields(
    session: ReadSession, *, project: ProjectView, contents: Mapping[UUID, dict[str, Any]]
) -> dict[UUID, dict[str, Any]]:
    """Those fields of items' stored contents in which people marked something, as others see them, by item.

    Items in which nobody marked anything are left out.
    """
    try:
        kind = task_kind(project.kind)
    except UnknownKindError:  # the plug-in is gone
        return {}
    if not kind.masks or not contents:
        return {}
    masks = await masks_of(await session.driver(), kind=kind, item_ids=contents.keys())
    form = await form_at(session, project_id=project.id, version=project.form_version)
    settings = kind.decode_settings(form.settings)
    found: dict[UUID, dict[str, Any]] = {}
    for item_id, content in contents.items():
        try:
            item = kind.decode_item(content)
        except InvalidItemError:  # the plug-in reads its old items no longer
            continue
        masked = masks.over(item, settings=settings, item_id=item_id)
        before, after = msgspec.to_builtins(item), msgspec.to_builtins(masked)
        if covered := {name: value for name, value in after.items() if value != before[name]}:
            found[item_id] = covered
    return found
