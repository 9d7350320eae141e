"""What the worker does for work."""

from collections.abc import Sequence
from uuid import UUID

from preceptor.lib.clock import utc_now
from preceptor.lib.db import WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.lib.money import Money
from preceptor.pay.events import RateSet, TaskPriceSet
from preceptor.people.events import ConsentWithdrawn
from preceptor.projects.events import RateChanged, TaskPriceChanged
from preceptor.projects.operations.deliveries import announce
from preceptor.projects.rules import WebhookEvent
from preceptor.work.events import Corrected, Submitted
from preceptor.work.operations.breakdowns import add_to_breakdowns
from preceptor.work.operations.sittings import hand_in_finished
from preceptor.work.operations.tallies import add_to_tallies
from preceptor.work.operations.telling import tell_of_own_rate, tell_of_rate
from preceptor.work.operations.telling_prices import tell_of_own_task_price, tell_of_task_price
from preceptor.work.operations.waiting import release_unwanted
from preceptor.work.queries.told import told_of_submissions


async def fold_tallies(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Count what happened, for the pages of projects and the list of work."""
    await add_to_tallies(session, events=[happened.event for happened in events])
    await add_to_breakdowns(session, happened=events)


async def hand_in_sittings(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Hand in the sittings of exams whose last part has just ended."""
    ids = [happened.event.subject_id for happened in events if happened.event.subject_id is not None]
    await hand_in_finished(session, assignment_ids=ids, now=utc_now())


async def release_what_is_unwanted(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Give back what people hold ahead and no longer want to see."""
    for happened in events:
        event = happened.event
        if isinstance(event, ConsentWithdrawn) and event.subject_id is not None:
            await release_unwanted(session, person_id=event.subject_id, categories=event.categories)


async def announce_submissions(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell webhooks of answers that were handed in, and of those that a new revision replaced."""

    async def facts(session: WriteSession, happened: Sequence[HappenedEvent]) -> dict[UUID, dict[str, object]]:
        ids = {one.id: one.event.submission_id for one in happened if isinstance(one.event, Submitted | Corrected)}
        told = await told_of_submissions(session, submission_ids=set(ids.values()))
        return {event_id: told[submission_id] for event_id, submission_id in ids.items()}

    await announce(session, event=WebhookEvent.SUBMISSION_CREATED, happened=events, facts=facts)


async def tell_of_rates(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell trainers of rates that were set and change what they are paid."""
    for happened in events:
        event = happened.event
        if isinstance(event, RateSet) and event.subject_id is not None:
            await tell_of_rate(session, rate_id=event.subject_id, project_id=event.project_id)


async def tell_of_own_rates(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell trainers that a project's own rate has changed."""
    for happened in events:
        event = happened.event
        if isinstance(event, RateChanged) and event.project_id is not None:
            before = Money(event.before_minor, event.before_currency)
            after = Money(event.after_minor, event.after_currency)
            await tell_of_own_rate(session, project_id=event.project_id, before=before, after=after, at=happened.at)


async def tell_of_task_prices(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell trainers of prices for each task that were set with a date, and change what tasks earn."""
    for happened in events:
        event = happened.event
        if isinstance(event, TaskPriceSet) and event.subject_id is not None and event.project_id is not None:
            await tell_of_task_price(session, project_id=event.project_id, price_id=event.subject_id)


async def tell_of_own_task_prices(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell trainers that a project's own price for each task has changed."""
    for happened in events:
        event = happened.event
        if isinstance(event, TaskPriceChanged) and event.project_id is not None:
            price = {"before_minor": event.before_minor, "after_minor": event.after_minor}
            await tell_of_own_task_price(session, project_id=event.project_id, at=happened.at, **price)
