"""Due process of a demo: measures at every stage, each by a named person, with records; and claims for time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from preceptor.cli.demo_house.working import Done
from preceptor.hiring import CaseReason, CaseRecord, Measure, NewCase, Outcome, RecordKind
from preceptor.hiring.operations import appeal_case, attach_case_file, withdraw_case
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people import Actor
from preceptor.projects.queries import project_terms
from preceptor.quality.operations import decide_case, open_case
from preceptor.quality.queries.case_records import recent_records
from preceptor.work.operations.cap_claims import claim_over_cap, decide_over_cap

FOUND = (
    b"14 April, 19:22\nDoes a week without sleep count as an emergency?\n(no name, no address; found on 16 November)\n"
)
"""What whoever announced a measure attaches to it."""
ATTACHED = {
    "thread of last spring.txt": (
        b"14 April, 19:22\nDoes a week without sleep count as an emergency?\n\n"
        b"14 April, 20:05\nAsk your doctor tomorrow; go today if you see or hear things.\n"
    ),
    "my accounts.txt": b"I write in two forums, under my own name. This one is neither of them.\n",
}
"""What somebody attaches to their appeal."""


async def open_cases(
    db: Database,
    settings: Settings,
    *,
    manager: Actor,
    second: Actor,
    people: Sequence[Actor],
    project_id: UUID,
    team_id: UUID,
    now: datetime,
) -> None:
    """A case for each of five people, as far along as cases get.

    Args:
        db: the database.
        settings: notice and time for appeals.
        manager: announces some, and decides none of their own.
        second: another manager.
        people: overturned with back pay; an appeal that waits; a warning; the end of work; a warning taken back.
        project_id: in which it all happened.
        team_id: that is offered where work ends.
        now: the present.
    """
    overturned, waiting, warned, ending, cleared = people
    async with db.read() as session:
        project = await project_terms(session, project_id=project_id)

    async def announce(
        by: Actor, person: Actor, days: int, measure: Measure, reason: CaseReason, **more: object
    ) -> UUID:
        async with db.read() as session:
            views = await recent_records(session, actor=by, person_id=person.person_id)
        records = [
            CaseRecord(one.kind, one.id)
            for one in views
            if one.kind is RecordKind.SUBMISSION and one.project_slug == project.slug
        ]
        case = NewCase(
            person_id=person.person_id,
            measure=measure,
            reason=reason,
            project_id=project_id,
            records=() if "transfer_team_id" in more else tuple(records[:2]),
            **more,  # type: ignore[arg-type]
        )
        async with db.write() as session:
            at = now - timedelta(days=days)
            return await open_case(session, actor=by, case=case, notice=settings.notice_time, now=at)

    case_id = await announce(
        manager,
        overturned,
        22,
        Measure.RESTRICTION,
        CaseReason.QUALITY,
        words="Both answers give advice where the guidelines ask for a doctor. I have sent two back before, with "
        "examples, and the next ones had the same fault.",
    )
    async with db.write() as session:
        await appeal_case(
            session,
            actor=overturned,
            case_id=case_id,
            words="The examples reached me after I had written these two. Please compare the dates; what I wrote since "
            "then follows them.",
            within=settings.appeal_time,
            now=now - timedelta(days=7),
        )
    async with db.write() as session:
        await decide_case(
            session,
            actor=second,
            case_id=case_id,
            outcome=Outcome.OVERTURNED,
            words="The dates bear this out: both answers are older than the feedback. The days of the restriction are "
            "paid by the mean of the weeks before.",
            back_pay=Money(8_400, "EUR"),
            now=now - timedelta(days=5),
        )
    case_id = await announce(
        second,
        waiting,
        6,
        Measure.SUSPENSION,
        CaseReason.CONFIDENTIALITY,
        lasts_days=14,
        words="One of the questions appeared word for word in a public forum an hour after it had been shown here.",
    )
    async with db.write() as session:
        await attach_case_file(
            session,
            actor=second,
            case_id=case_id,
            name="what stood in the forum.txt",
            data=FOUND,
            storage=storage_of(settings),
            now=now - timedelta(days=6),
        )
    async with db.write() as session:
        await appeal_case(
            session,
            actor=waiting,
            case_id=case_id,
            words="I do not have an account in that forum. The question had been asked there before, in a thread of "
            "last spring.",
            within=settings.appeal_time,
            now=now - timedelta(days=2),
        )
        for name, data in ATTACHED.items():
            await attach_case_file(
                session,
                actor=waiting,
                case_id=case_id,
                name=name,
                data=data,
                storage=storage_of(settings),
                now=now - timedelta(days=2),
            )
    await announce(
        manager,
        warned,
        12,
        Measure.WARNING,
        CaseReason.QUALITY,
        words="Three answers in a row left the question open. The review of each says what was missing; please read "
        "them before you go on.",
    )
    await announce(
        manager,
        ending,
        3,
        Measure.RESTRICTION,
        CaseReason.END_OF_WORK,
        transfer_team_id=team_id,
        words="The client needs fewer answers from January on. Your work was good; another team has place for you.",
    )
    case_id = await announce(
        second,
        cleared,
        22,
        Measure.WARNING,
        CaseReason.COPIED,
        words="Two answers share a paragraph with a page of a health insurer, which the guidelines do not allow.",
    )
    async with db.write() as session:
        await withdraw_case(
            session,
            actor=second,
            case_id=case_id,
            words="The paragraph stands in quotation marks, with its source. I had overlooked that, and I am sorry.",
            now=now - timedelta(days=20),
        )


async def claim_time(db: Database, *, manager: Actor, granted: Done, waiting: Done, now: datetime) -> None:
    """Two tasks took longer than is paid at most: one claim is granted, one waits."""
    async with db.write() as session:
        claim_id = await claim_over_cap(
            session,
            actor=granted.actor,
            assignment_id=granted.assignment_id,
            note="I checked the advice with two sources that disagreed, and read both to the end.",
            now=granted.at + timedelta(hours=1),
        )
    async with db.write() as session:
        await decide_over_cap(
            session,
            actor=manager,
            claim_id=claim_id,
            accept=True,
            answer="Time well spent, thank you. The cap is too low for health; I will raise it.",
            now=granted.at + timedelta(days=1),
        )
    async with db.write() as session:
        await claim_over_cap(
            session,
            actor=waiting.actor,
            assignment_id=waiting.assignment_id,
            note="The rules differ by country. I looked four of them up before I could say what holds anywhere.",
            now=now - timedelta(days=1),
        )
