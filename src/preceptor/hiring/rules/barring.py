"""Which projects measures close to somebody, all of them together, for looking for work in the others."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.hiring.rules.cases import CaseFacts, Measure, Scope, bound


class Barred(msgspec.Struct, frozen=True, kw_only=True):
    """What is closed to somebody at a moment.

    Attributes:
        everywhere: there is no project they may take new tasks of.
        projects: these are closed.
        only: these alone are open, as far as they are not closed; None: all others are.
    """

    everywhere: bool = False
    projects: frozenset[UUID] = frozenset()
    only: frozenset[UUID] | None = None

    def __bool__(self) -> bool:
        """True where anything is closed."""
        return self.everywhere or bool(self.projects) or self.only is not None

    def keeps_from(self, project_id: UUID) -> bool:
        """True where a project is closed."""
        return self.everywhere or project_id in self.projects or (self.only is not None and project_id not in self.only)


NOT_BARRED = Barred()


def barred(cases: Iterable[CaseFacts], now: datetime) -> Barred:
    """What all measures that bind somebody at a moment close together: the same as `closes` says of each project."""
    binding = [case for case in cases if bound(case, now) is not None]
    if any(case.measure in {Measure.SUSPENSION, Measure.REMOVAL} for case in binding):
        return Barred(everywhere=True)
    closed: set[UUID] = set()
    only: frozenset[UUID] | None = None
    for case in binding:
        if case.measure is not Measure.RESTRICTION or case.project_id is None:
            continue
        if case.scope is Scope.FROM:
            closed.add(case.project_id)
        else:
            one = frozenset({case.project_id})
            only = one if only is None else only & one
    return Barred(projects=frozenset(closed), only=only)
