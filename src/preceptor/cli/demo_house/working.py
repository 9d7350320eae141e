"""People of a demo at work: they claim, write for a while and hand in, as the workbench would have them do."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import msgspec

from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.people import Actor
from preceptor.people.queries import actor_by_email, actor_by_id
from preceptor.projects import ProjectTerms
from preceptor.projects.operations import acknowledge_guidelines
from preceptor.projects.queries import form_at, project_terms
from preceptor.work.operations.beats import Beat, Terms, beat_all
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.claims import Claim, Claims
from preceptor.work.operations.leasing import idle_after
from preceptor.work.operations.reading import book_reading
from preceptor.work.operations.submitting import Answer, Form, submit
from preceptor.work.operations.waiting import note_waiting
from preceptor.work.queries.admission import admission_of
from preceptor.work.queries.lists import list_work

SIGN, SIGNS = timedelta(minutes=2), 5
BEAT = SIGNS * SIGN
"""A heartbeat tells of so many signs of life at once; one that is two minutes apart keeps the clock active."""
AWAY = timedelta(minutes=7)

Say = Callable[[NewAssignment, Form], dict[str, Any]]
"""The answer to a task."""


class Everything(frozenset[str]):
    """Every question is confirmed."""

    def __contains__(self, _code: object) -> bool:
        return True


class Done(msgspec.Struct, frozen=True):
    """A task that was handed in, by whom and when."""

    assignment_id: UUID
    item_id: UUID
    actor: Actor
    at: datetime


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody works.

    Attributes:
        begins: when they begin the first task.
        minutes: they are at each task, in turn; the first round's last one holds for the others.
        between: one task's end and the next one's beginning.
        most: tasks; None: until nothing is left for them.
        idle: they leave the desk for a while before they hand in.
        reads: they say in the first task that they have read the guidelines.
    """

    begins: datetime
    minutes: Sequence[int]
    between: timedelta
    most: int | None = None
    idle: bool = False
    reads: bool = False


async def actor_of(db: Database, email: str) -> Actor:
    """Somebody as they are now."""
    async with db.read() as session:
        return await actor_by_email(session, email=email)


async def terms_of(db: Database, slug: str) -> ProjectTerms:
    """The terms of a project as they are now."""
    async with db.read() as session:
        return await project_terms(session, slug=slug)


async def form_of(db: Database, terms: ProjectTerms) -> Form:
    """The form of a project."""
    async with db.read() as session:
        stored = await form_at(session, project_id=terms.id, version=terms.form_version)
    kind = task_kinds()[terms.kind]
    return Form(kind, kind.decode_settings(stored.settings))


async def work(db: Database, *, actor: Actor, terms: ProjectTerms, say: Say, shift: Shift) -> list[Done]:
    """Somebody takes tasks of a project and hands them in.

    Args:
        db: the database.
        actor: who.
        terms: of the project; of an exam, they have begun to sit it.
        say: what they answer.
        shift: when, and for how long.
    """
    form = await form_of(db, terms)
    times = Terms(lease=terms.lease, hold=terms.hold, idle_after=idle_after(terms))
    claims = Claims(db)
    moment, done = shift.begins, list[Done]()
    async with db.read() as session:
        admission = await admission_of(session, actor=actor, terms=terms, now=moment)
    while shift.most is None or len(done) < shift.most:
        found = await claims.claim(Claim(actor, terms, prefetch=False, now=moment, admission=admission))
        if not isinstance(found, NewAssignment):
            break
        minutes = shift.minutes[min(len(done), len(shift.minutes) - 1)]
        ends = moment + timedelta(minutes=minutes)
        while moment < ends:
            since, moment = moment, min(moment + BEAT, ends)
            await _beat(db, actor, found.id, times, moment, since=since)
        if shift.reads and not done:
            await _read(db, actor, terms, moment)
        if shift.idle:
            moment += AWAY
        await _hand_in(db, actor, found, form, times, say, moment)
        done.append(Done(found.id, found.item_id, actor, moment))
        moment += shift.between
    return done


async def _beat(
    db: Database, actor: Actor, assignment_id: UUID, times: Terms, now: datetime, *, since: datetime
) -> None:
    ago = [number * SIGN for number in range(SIGNS) if now - number * SIGN > since]
    signs = tuple(int(one.total_seconds() * 1000) for one in ago)
    beat = Beat(assignment_id=assignment_id, trainer_id=actor.person_id, terms=times, signs=signs, touched=True)
    async with db.hot() as driver, driver.transaction():
        await beat_all(driver, [beat], now=now)


async def _read(db: Database, actor: Actor, terms: ProjectTerms, now: datetime) -> None:
    version = terms.guidelines_version
    async with db.write() as session:
        await acknowledge_guidelines(session, actor=actor, slug=terms.slug, version=version, now=now)
        await book_reading(session, actor=actor, slug=terms.slug, version=version, now=now)


async def _hand_in(
    db: Database, actor: Actor, found: NewAssignment, form: Form, times: Terms, say: Say, now: datetime
) -> None:
    same: Callable[[int], Awaitable[Form]] = partial(_same, form)
    answer = Answer(
        assignment_id=found.id,
        actor=actor,
        key=uuid4(),
        content=say(found, form),
        confirmed=Everything(),
        terms=times,
        form_of=same,
    )
    async with db.hot() as driver, driver.transaction():
        await submit(driver, answer, now=now)


async def _same(form: Form, _version: int) -> Form:
    return form


async def look_for_work(db: Database, *, people: Sequence[Actor], now: datetime) -> None:
    """People looked at their list of work this morning; where it had nothing for them, they wait, as the page notes."""
    for place, one in enumerate(people, 1):
        at = now - place * timedelta(minutes=25)
        async with db.read() as session:
            actor = await actor_by_id(session, person_id=one.person_id)  # as they are by now
            found = await list_work(session, actor=actor, now=at)
        empty = [entry.project_id for entry in found.entries if entry.reason]
        async with db.hot() as driver, driver.transaction():
            await note_waiting(driver, person_id=actor.person_id, project_ids=empty, now=at)
