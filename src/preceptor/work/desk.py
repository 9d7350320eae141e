"""The desk: what a web process keeps in memory for trainers at work, and the doors' one way to the hot path.

Terms of projects are remembered for two seconds, form versions (which never change) for good.
"""

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import NextTurn
from preceptor.kinds.task import Json
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.rules import DAILY_MINUTES, Actor
from preceptor.projects.queries import form_at, project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.work.admissions import Admissions
from preceptor.work.generator import Generator
from preceptor.work.operations import leasing
from preceptor.work.operations.beats import Beat, Beaten, Beats, Terms
from preceptor.work.operations.claiming import HeldAssignment, NewAssignment, check_claim
from preceptor.work.operations.claims import Claim, Claims
from preceptor.work.operations.drafts import DraftPayload, Drafts, SavedDraft
from preceptor.work.operations.ending import AssignmentRow, Receipt, access_own, give_back
from preceptor.work.operations.submitting import Answer, Form, Submissions, correct
from preceptor.work.operations.turns import ask_turn, ensure_shared_turn, may_follow, retry_response, stop_response
from preceptor.work.operations.waiting import note_waiting
from preceptor.work.queries.lists import why_empty
from preceptor.work.queries.views import AssignmentView, ViewedAssignment, full_view
from preceptor.work.rules.openings import Reason
from preceptor.work.viewing import fresh_view

TERMS_SECONDS = 2.0
WAITS_SECONDS = 60.0
MOST_WAITS = 50_000


class Desk:
    """Everything a trainer does at work, for one web process.

    Args:
        db: the database.
        asker: asks models.
        directory: finds models.
        daily_minutes: with content of one category, where a project does not say.
    """

    def __init__(self, db: Database, *, asker: Asker, directory: Directory, daily_minutes: int = DAILY_MINUTES) -> None:
        self._db = db
        self.daily_minutes = daily_minutes
        self.admissions = Admissions(db, daily_minutes=daily_minutes)
        self._claims = Claims(db)
        self._drafts = Drafts(db)
        self._beats = Beats(db)
        self._submissions = Submissions(db)
        self._terms: dict[str | UUID, tuple[float, ProjectTerms]] = {}
        self._forms: dict[tuple[UUID, int], Form] = {}
        self._projects: dict[UUID, UUID] = {}
        self._waits: dict[tuple[UUID, UUID], float] = {}
        self.generator = Generator(db, asker=asker, directory=directory)

    # What is known of projects and forms.

    async def terms(self, *, slug: str | None = None, project_id: UUID | None = None) -> ProjectTerms:
        """A project's terms, at most two seconds old.

        Raises:
            NoSuchProjectError: there is none.
        """
        key = slug if slug is not None else project_id
        assert key is not None
        known = self._terms.get(key)
        if known is not None:
            if known[0] > time.monotonic():
                return known[1]
            # One looks; whoever comes meanwhile goes on with what is known.
            self._terms[key] = (time.monotonic() + TERMS_SECONDS, known[1])
        async with self._db.read() as session:
            terms = await project_terms(session, slug=slug, project_id=project_id)
        self._terms[terms.id] = self._terms[terms.slug] = (time.monotonic() + TERMS_SECONDS, terms)
        return terms

    async def form(self, project_id: UUID, version: int) -> Form:
        """A form version with its kind."""
        form = self._forms.get((project_id, version))
        if form is None:
            terms = await self.terms(project_id=project_id)
            async with self._db.read() as session:
                stored = await form_at(session, project_id=project_id, version=version)
            kind = task_kind(terms.kind)
            form = Form(kind, kind.decode_settings(stored.settings))
            self._forms[project_id, version] = form
        return form

    async def _project_of(self, assignment_id: UUID) -> UUID:
        """The project of an assignment; remembered, since it never changes."""
        project_id = self._projects.get(assignment_id)
        if project_id is None:
            async with self._db.hot() as driver:
                project_id = await leasing.project_of(driver, assignment_id)
            self._remember(assignment_id, project_id)
        return project_id

    def _remember(self, assignment_id: UUID, project_id: UUID) -> None:
        if len(self._projects) > 100_000:  # noqa: PLR2004 (about 20 MB)
            self._projects.clear()
        self._projects[assignment_id] = project_id

    async def terms_of(self, assignment_id: UUID) -> ProjectTerms:
        """The terms of an assignment's project."""
        return await self.terms(project_id=await self._project_of(assignment_id))

    async def _times(self, assignment_id: UUID) -> Terms:
        terms = await self.terms_of(assignment_id)
        return Terms(lease=terms.lease, hold=terms.hold, idle_after=leasing.idle_after(terms))

    # From start to end.

    async def claim(
        self, *, actor: Actor, slug: str, prefetch: bool, now: datetime
    ) -> tuple[AssignmentView | None, bool]:
        """The next task of a project, and True where it was just taken; None where nothing is open for the actor.

        Raises:
            NotYourProjectError, ProjectNotOpenError: it hands out nothing to them.
        """
        terms = await self.terms(slug=slug)
        check_claim(actor, terms)
        admission = await self.admissions.of(actor=actor, terms=terms, now=now)
        found = await self._claims.claim(Claim(actor, terms, prefetch, now, admission))
        if found is None and self._claims.passed_over(terms, admission):
            # What is open may be theirs since a moment ago.
            admission = await self.admissions.of(actor=actor, terms=terms, now=now, fresh=True)
            found = await self._claims.claim(Claim(actor, terms, prefetch, now, admission))
        match found:
            case None:
                return None, False
            case HeldAssignment(state="prefetched") if not prefetch:
                try:
                    return await self.start(actor=actor, assignment_id=found.id, now=now), False
                except ConflictError:  # it was given back; what is open besides, or why nothing is, is told instead
                    self.admissions.forget(actor.person_id)  # what was remembered of them would hand it out again
                    return await self.claim(actor=actor, slug=slug, prefetch=prefetch, now=now)
            case HeldAssignment():
                return await self.view(actor=actor, assignment_id=found.id), False
            case NewAssignment():
                self._remember(found.id, terms.id)
                # Whoever finds nothing after this looks anew.
                self._waits.pop((actor.person_id, terms.id), None)
                self.admissions.moved_on(actor.person_id, terms.id)
                form = await self.form(terms.id, terms.form_version)
                asks = form.kind.may_ask(form.settings, form.kind.decode_item(found.content))
                if asks:
                    await self._ask_shared(actor, found.id)
                if asks or form.kind.masks:  # somebody may have marked something in it
                    return await self.view(actor=actor, assignment_id=found.id), True
                view = fresh_view(found, admission, terms=terms, form=form, prefetch=prefetch, now=now)
                return view, True

    async def _ask_shared(self, actor: Actor, assignment_id: UUID) -> None:
        async with self._db.hot() as driver, driver.transaction():
            row = await access_own(driver, actor=actor, assignment_id=assignment_id)
            form = await self.form(row.project_id, row.form_version)
            turn_id = await ensure_shared_turn(driver, row=row, form=form, now=utc_now())
        if turn_id is not None:
            await self.generator.start(turn_id)

    async def why_empty(self, *, actor: Actor, slug: str) -> Reason | None:
        """Why nothing of a project can be taken by the actor just now, and what would change it."""
        terms = await self.terms(slug=slug)
        async with self._db.read() as session:
            return await why_empty(session, actor=actor, terms=terms, now=utc_now(), daily_minutes=self.daily_minutes)

    async def waits(self, *, actor: Actor, project_ids: Collection[UUID], now: datetime) -> None:
        """Remember that the actor looked for work on these projects and found none, to tell them when some opens."""
        new = [one for one in project_ids if self._waits.get((actor.person_id, one), 0.0) < time.monotonic()]
        if not new:
            return
        if len(self._waits) > MOST_WAITS:
            self._waits.clear()
        self._waits |= {(actor.person_id, one): time.monotonic() + WAITS_SECONDS for one in new}
        async with self._db.hot() as driver:
            await note_waiting(driver, person_id=actor.person_id, project_ids=new, now=now)

    async def view(self, *, actor: Actor, assignment_id: UUID) -> AssignmentView:
        """One of the actor's own assignments, with everything the workbench shows.

        Raises:
            NoSuchAssignmentError: not there, or not theirs.
        """
        async with self._db.hot() as driver:
            row = await access_own(driver, actor=actor, assignment_id=assignment_id)
            terms = await self.terms(project_id=row.project_id)
            form = await self.form(row.project_id, row.form_version)
            self._remember(row.id, row.project_id)
            seen = ViewedAssignment(
                id=row.id,
                state=row.state,
                item_id=row.item_id,
                brief=row.brief,
                topic=row.topic,
                content=row.content,
                form_version=row.form_version,
                guidelines_version=row.guidelines_version,
                rate=row.rate,
                cap_ms=row.cap_ms,
                spent=row.spent,
                lease_until=row.lease_until,
                rework_round=row.rework_round,
                task_minor=row.task_minor,
                categories=row.categories,
                outset=row.outset,
            )
            return await full_view(driver, seen, actor=actor, terms=terms, kind=form.kind, settings=form.settings)

    async def start(self, *, actor: Actor, assignment_id: UUID, now: datetime) -> AssignmentView:
        """Open a prefetched assignment, or one that was returned for rework: its clock runs from now on.

        Raises:
            NoSuchAssignmentError: not there, or not theirs.
            AssignmentEndedError: it has ended.
            AnotherOpenError: another one of the project is still open.
            NotYourProjectError, ProjectNotOpenError, KeptOutError, ContentClosedError: it was held ahead, and by now
                they are not to begin it; it is given back.
        """
        terms = await self.terms_of(assignment_id)
        times = await self._times(assignment_id)
        admission = await self.admissions.of(actor=actor, terms=terms, now=now)
        async with self._db.hot() as driver, driver.transaction():
            refused = await leasing.start(
                driver,
                actor=actor,
                assignment_id=assignment_id,
                terms=times,
                anew=leasing.Anew(terms, admission),
                daily_minutes=admission.daily_minutes,
                now=now,
            )
        if refused is not None:
            raise refused
        return await self.view(actor=actor, assignment_id=assignment_id)

    async def pause(self, *, actor: Actor, assignment_id: UUID, paused: bool, signs: tuple[int, ...]) -> Beaten:
        """Stop or go on with the clock.

        Raises:
            NoSuchAssignmentError: not there, or not theirs.
            AssignmentEndedError: no clock runs.
        """
        times = await self._times(assignment_id)
        async with self._db.hot() as driver, driver.transaction():
            return await leasing.pause(
                driver, actor=actor, assignment_id=assignment_id, terms=times, paused=paused, signs=signs, now=utc_now()
            )

    async def save_draft(self, *, actor: Actor, assignment_id: UUID, version: int, content: Json) -> SavedDraft:
        """Keep a draft; it is durable when this returns. `content`: JSON text, or the values it stands for.

        Raises:
            InvalidAnswerError: not of the kind's form, or too large.
            NoSuchAssignmentError, AssignmentEndedError, DraftNewerError: as `Drafts.save` says.
        """
        if version < 1:
            raise InvalidError(fields=[FieldProblem("version", _("Versions count from 1."))])
        terms = await self.terms_of(assignment_id)
        task_kind(terms.kind).decode_answer(content)
        text = msgspec.json.encode(content).decode()  # a raw text is encoded as it stands
        payload = DraftPayload(assignment_id, actor.person_id, version, text, utc_now() + terms.hold)
        return await self._drafts.save(payload)

    async def beat(
        self,
        *,
        actor: Actor,
        assignment_id: UUID,
        signs: tuple[int, ...],
        reading_ms: int = 0,
        foreground: bool = True,
        touched: bool = False,
    ) -> Beaten:
        """A heartbeat of the workbench.

        Raises:
            NoSuchAssignmentError, AssignmentEndedError: as `Beats.beat` says.
        """
        return await self._beats.beat(
            Beat(
                assignment_id=assignment_id,
                trainer_id=actor.person_id,
                terms=await self._times(assignment_id),
                signs=signs,
                reading_ms=reading_ms,
                foreground=foreground,
                touched=touched,
            )
        )

    async def ask(self, *, actor: Actor, assignment_id: UUID, turn_id: UUID, asked: NextTurn) -> AssignmentView:
        """Send a prompt to the models. Answers the task with the new turn, in which the responses are to come.

        Raises:
            InvalidError: this turn is not allowed; `fields` says why.
            NoModelError: there is nobody to ask.
        """
        async with self._db.hot() as driver, driver.transaction():
            row = await access_own(driver, actor=actor, assignment_id=assignment_id)
            form = await self.form(row.project_id, row.form_version)
            now = utc_now()
            await ask_turn(
                driver, actor=actor, assignment_id=assignment_id, turn_id=turn_id, asked=asked, form=form, now=now
            )
        await self.generator.start(turn_id)
        return await self.view(actor=actor, assignment_id=assignment_id)

    async def stop(self, *, actor: Actor, response_id: UUID) -> None:
        """Stop a response. Raises `NoSuchTurnError`."""
        async with self._db.hot() as driver:
            turn_id = await stop_response(driver, actor=actor, response_id=response_id, now=utc_now())
        await self.generator.stopped(turn_id=turn_id, response_id=response_id)

    async def retry(self, *, actor: Actor, response_id: UUID) -> None:
        """Ask again for a response that failed. Raises `NoSuchTurnError` or `NotRetriableError`."""
        async with self._db.hot() as driver, driver.transaction():
            turn_id = await retry_response(driver, actor=actor, response_id=response_id, now=utc_now())
        await self.generator.start(turn_id)

    async def check_follow(self, *, actor: Actor, turn_id: UUID) -> None:
        """Let the actor follow a turn. Raises `NoSuchTurnError`."""
        async with self._db.hot() as driver:
            await may_follow(driver, actor=actor, turn_id=turn_id)

    async def submit(
        self,
        *,
        actor: Actor,
        assignment_id: UUID,
        key: UUID,
        content: Json,
        confirmed: Collection[str],
        signs: tuple[int, ...] = (),
    ) -> tuple[Receipt, bool]:
        """Hand an answer in; see `operations.submitting.submit`."""
        project_id = await self._project_of(assignment_id)
        answer = Answer(
            assignment_id=assignment_id,
            actor=actor,
            key=key,
            content=content,
            confirmed=confirmed,
            terms=await self._times(assignment_id),
            form_of=lambda version: self.form(project_id, version),
            signs=signs,
        )
        told = await self._submissions.submit(answer)
        self.admissions.moved_on(actor.person_id, project_id)
        return told

    async def give_back(
        self, *, actor: Actor, assignment_id: UUID, report: bool, reason: str, note: str, signs: tuple[int, ...] = ()
    ) -> Receipt:
        """Skip or report; see `operations.ending.give_back`."""
        terms = await self._times(assignment_id)
        self.admissions.moved_on(actor.person_id, await self._project_of(assignment_id))
        async with self._db.hot() as driver, driver.transaction():
            return await give_back(
                driver,
                actor=actor,
                assignment_id=assignment_id,
                terms=terms,
                report=report,
                reason=reason,
                note=note,
                signs=signs,
                now=utc_now(),
            )

    async def correct(self, *, actor: Actor, assignment_id: UUID, content: dict[str, Any]) -> UUID:
        """Replace one's own submission; see `operations.submitting.correct`."""
        async with self._db.hot() as driver, driver.transaction():
            row: AssignmentRow = await access_own(driver, actor=actor, assignment_id=assignment_id)
            form = await self.form(row.project_id, row.form_version)
            return await correct(
                driver, actor=actor, assignment_id=assignment_id, content=content, form=form, now=utc_now()
            )

    async def close(self) -> None:
        """Stop generating."""
        await self.generator.close()
