"""THE LOOP: what follows from what, in the order of the story. Each event, and what it sets in motion, is one line.

`Follow.job` is deferred in the very transaction that emitted the event. `Follow.fold` is called by the worker with all
the events of that type it has just read from the log; that is for events of the hot path, which defer nothing.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from preceptor.datasets.events import (
    ImportConfirmed,
    ImportRequested,
    ReleaseFailed,
    ReleaseFrozen,
    ReleaseRetried,
    ReleaseWritten,
    SimilarityRequested,
)
from preceptor.datasets.jobs import (
    announce_releases,
    delete_withdrawn_files,
    find_similar,
    run_import,
    write_data_download,
    write_release,
)
from preceptor.hiring.jobs import delete_erased_case_files
from preceptor.lib.db import Database, WriteSession
from preceptor.lib.db.events import HappenedEvent, take_next
from preceptor.lib.events import Event
from preceptor.lib.jobs import Jobs
from preceptor.lib.settings import Settings
from preceptor.pay.events import RateSet, TaskPriceSet
from preceptor.people.events import ConsentWithdrawn, DataAsked, PersonErased
from preceptor.projects.events import (
    AnnouncementWritten,
    ProjectClosed,
    ProjectOpened,
    ProjectPaused,
    RateChanged,
    TaskPriceChanged,
)
from preceptor.projects.jobs import announce_states, tell_announcement
from preceptor.quality.events import ReviewDecided
from preceptor.quality.jobs import announce_reviews, follow_corrections, sample_submissions, score_sittings
from preceptor.work.events import (
    Accepted,
    AnswersGiven,
    Claimed,
    Corrected,
    Expired,
    GuidelinesTimed,
    ItemsAdded,
    ItemsCancelled,
    OverCapDecided,
    Reinstated,
    Rejected,
    Reported,
    Returned,
    Revived,
    SittingHandedIn,
    Skipped,
    StintEnded,
    Submitted,
    ToppedUp,
)
from preceptor.work.jobs import (
    announce_submissions,
    fold_tallies,
    hand_in_sittings,
    release_what_is_unwanted,
    tell_of_own_rates,
    tell_of_own_task_prices,
    tell_of_rates,
    tell_of_task_prices,
)

Fold = Callable[[WriteSession, Sequence[HappenedEvent]], Awaitable[None]]


class Follow(msgspec.Struct, frozen=True):
    """What follows an event: a job, or a fold."""

    event: type[Event]
    job: Callable[..., Awaitable[None]] | None = None
    fold: Fold | None = None


FOLLOWS: tuple[Follow, ...] = (
    Follow(ConsentWithdrawn, fold=release_what_is_unwanted),
    Follow(ProjectOpened, fold=announce_states),
    Follow(ProjectPaused, fold=announce_states),
    Follow(ProjectClosed, fold=announce_states),
    Follow(AnnouncementWritten, job=tell_announcement),
    Follow(RateSet, fold=tell_of_rates),
    Follow(RateChanged, fold=tell_of_own_rates),
    Follow(TaskPriceSet, fold=tell_of_task_prices),
    Follow(TaskPriceChanged, fold=tell_of_own_task_prices),
    Follow(ImportRequested, job=run_import),
    Follow(ImportConfirmed, job=run_import),
    Follow(SimilarityRequested, job=find_similar),
    Follow(ItemsAdded, fold=fold_tallies),
    Follow(AnswersGiven, fold=fold_tallies),
    Follow(ItemsCancelled, fold=fold_tallies),
    Follow(Claimed, fold=fold_tallies),
    Follow(Skipped, fold=fold_tallies),
    Follow(Reported, fold=fold_tallies),
    Follow(Expired, fold=fold_tallies),
    Follow(Revived, fold=fold_tallies),
    Follow(Submitted, fold=fold_tallies),
    Follow(Submitted, fold=sample_submissions),
    Follow(Submitted, fold=announce_submissions),
    Follow(Submitted, fold=hand_in_sittings),
    Follow(Skipped, fold=hand_in_sittings),
    Follow(Reported, fold=hand_in_sittings),
    Follow(SittingHandedIn, fold=score_sittings),
    Follow(Corrected, fold=follow_corrections),
    Follow(Corrected, fold=announce_submissions),
    Follow(ReviewDecided, fold=announce_reviews),
    Follow(Accepted, fold=fold_tallies),
    Follow(Returned, fold=fold_tallies),
    Follow(Rejected, fold=fold_tallies),
    Follow(Reinstated, fold=fold_tallies),
    Follow(OverCapDecided, fold=fold_tallies),
    Follow(GuidelinesTimed, fold=fold_tallies),
    Follow(StintEnded, fold=fold_tallies),
    Follow(ToppedUp, fold=fold_tallies),
    Follow(DataAsked, job=write_data_download),
    Follow(PersonErased, job=delete_withdrawn_files),
    Follow(PersonErased, job=delete_erased_case_files),
    Follow(ReleaseFrozen, job=write_release),
    Follow(ReleaseRetried, job=write_release),
    Follow(ReleaseWritten, fold=announce_releases),
    Follow(ReleaseFailed, fold=announce_releases),
)


def job_name(function: Callable[..., Awaitable[None]]) -> str:
    """The name a job is kept under: `datasets.jobs.write_release`."""
    return f"{function.__module__.removeprefix('preceptor.')}.{function.__name__}"


def deferring(jobs: Jobs) -> Callable[[WriteSession, Sequence[Event]], Awaitable[None]]:
    """What `Database` calls with the events of a transaction just before it commits."""

    async def defer(session: WriteSession, events: Sequence[Event]) -> None:
        for event in events:
            for follow in FOLLOWS:
                if follow.job is not None and isinstance(event, follow.event):
                    subject = str(event.subject_id)
                    await jobs.defer(await session.driver(), job_name(follow.job), subject_id=subject)

    return defer


async def fold_events(db: Database, *, limit: int = 500) -> int:
    """Read the next events from the log and hand them to their folds, in one transaction.

    Answers how many were read.
    """
    async with db.write() as session:
        events = await take_next(await session.driver(), reader="flow", limit=limit)
        by_type: dict[type[Event], list[HappenedEvent]] = {}
        for happened in events:
            by_type.setdefault(type(happened.event), []).append(happened)
        for follow in FOLLOWS:
            if follow.fold is not None and (group := by_type.get(follow.event)):
                await follow.fold(session, group)
    return len(events)


def jobs_of(db: Database, jobs: Jobs, settings: Settings) -> None:
    """Make every job that follows something known to the queue: `job(db, settings, subject_id="…")`."""
    for function in {follow.job for follow in FOLLOWS if follow.job is not None}:
        jobs.add(job_name(function), _bound(function, db, settings))


def _bound(
    function: Callable[..., Awaitable[None]], db: Database, settings: Settings
) -> Callable[..., Awaitable[None]]:
    async def run(subject_id: str) -> None:
        await function(db, settings, subject_id=subject_id)

    return run
