"""Work that waits to be judged, and that nobody who judges may be asked to look at."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from preceptor.hiring.rules import Barred
from preceptor.people.rules import ContentCategory


class Judge(msgspec.Struct, frozen=True):
    """Somebody who judges: what they have said yes to, and what measures close to them."""

    person_id: UUID
    consents: frozenset[ContentCategory]
    barred: Barred


class Waits(msgspec.Struct, frozen=True):
    """So many answers of a project that wait, with the same content. `trainer_id`: whose, where they judge as well."""

    project_id: UUID
    content: frozenset[ContentCategory]
    trainer_id: UUID | None
    count: int


class Unasked(msgspec.Struct, frozen=True):
    """So many answers of a project that nobody may be asked about.

    `content`: what would have to be said yes to; empty where there is nobody at all besides who wrote them.
    """

    project_id: UUID
    count: int
    content: tuple[ContentCategory, ...]


def who_may(judges: Sequence[Judge], project_id: UUID, content: frozenset[ContentCategory]) -> list[UUID]:
    """Who may be asked about such an answer, unless it is their own."""
    return [one.person_id for one in judges if content <= one.consents and not one.barred.keeps_from(project_id)]


def unasked(waits: Iterable[Waits], judges: Sequence[Judge]) -> list[Unasked]:
    """What of this nobody may be asked about, by project, the most first.

    A day's minutes are left out: they are back tomorrow.
    """
    counts: dict[UUID, int] = {}
    lacking: dict[UUID, set[ContentCategory]] = {}
    for one in waits:
        free = [
            judge
            for judge in judges
            if judge.person_id != one.trainer_id and not judge.barred.keeps_from(one.project_id)
        ]
        if any(one.content <= judge.consents for judge in free):
            continue
        agreed = frozenset().union(*(judge.consents for judge in free)) if free else one.content
        counts[one.project_id] = counts.get(one.project_id, 0) + one.count
        # Where each part has somebody, and nobody has all of it, all of it is what lacks.
        lacking.setdefault(one.project_id, set()).update(one.content - agreed or (one.content if free else ()))
    found = [Unasked(project_id, count, tuple(sorted(lacking[project_id]))) for project_id, count in counts.items()]
    return sorted(found, key=lambda one: (-one.count, one.project_id))
