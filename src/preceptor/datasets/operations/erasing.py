"""Erasing a person: the one operation that takes out what was said. All else about them is only ever added to."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from preceptor.datasets.operations.releases import NobodyWithdrawnError, NothingAcceptedError, withdraw_texts
from preceptor.datasets.queries.own_data import all_own_data
from preceptor.datasets.tables import Release
from preceptor.lib.db import Driver, WriteSession
from preceptor.pay.queries import balances, on_the_way
from preceptor.people.events import PersonErased
from preceptor.people.operations import due_erasures, note_erased
from preceptor.people.operations.notices import take_name_out
from preceptor.people.queries import NoSuchPersonError, actor_by_id, name_and_address
from preceptor.people.rules import REDACTED, SYSTEM, AfterErasure, OwnTable

UNPAID_WAITS = timedelta(days=90)
"""So long an erasure waits for money that is owed, or on its way, since it takes the way to pay along."""


async def erase_due(session: WriteSession, *, now: datetime) -> int:
    """Erase everybody whose day has come and to whom nothing is owed any more; answers how many that were."""
    done = 0
    requests = await due_erasures(session, now=now)
    while requests and not done:  # whoever waits for their money keeps nobody behind them waiting
        # Copied: erasing makes the session forget what it has read.
        asked = [(one, one.person_id, one.with_texts, one.due_at) for one in requests]
        for request, person_id, with_texts, due_at in asked:
            actor = await actor_by_id(session, person_id=person_id)
            money = [*await balances(session, actor=actor), *await on_the_way(session, actor=actor)]
            owed = any(one.amount > 0 for one in money)
            if owed and now < due_at + UNPAID_WAITS:
                continue
            await erase_person(session, person_id=person_id, with_texts=with_texts, now=now)
            note_erased(request, now=now)
            done += 1
        requests = [] if done else await due_erasures(session, now=now, after=requests[-1])
    return done


async def erase_person(session: WriteSession, *, person_id: UUID, with_texts: bool, now: datetime) -> None:
    """Take a person's name and address out of every table, as each context's list says. It cannot be undone.

    Their work stays under the pseudonym, unless they want its texts gone too; texts of theirs that name them go in any
    case. Time, ledger and contracts stay. Releases that hold a text that went are replaced by ones without it. For
    callers that have made sure that the person wants it: `erase_due`, and the command of an operator.

    Raises:
        NoSuchPersonError: there is none, or they have been erased.
    """
    name, email, pseudonym = await name_and_address(session, person_id=person_id)
    if email is None:
        raise NoSuchPersonError
    driver = await session.driver()
    values = {
        "person": person_id,
        "now": now,
        "texts": with_texts,
        "pattern": mentions(name, email),
        "pseudonym": pseudonym,
        "email": email,
    }
    texts = 0
    for own in all_own_data()[0]:
        count = await _erase(driver, own, values)
        if own.table == "submission_body":
            texts = count
    await driver.execute(
        "UPDATE notification SET subject = regexp_replace(subject, %(pattern)s, %(pseudonym)s, 'g'), "
        "body = regexp_replace(body, %(pattern)s, %(pseudonym)s, 'g') "
        "WHERE names IS NULL AND (subject ~ %(pattern)s OR body ~ %(pattern)s)",
        values,
    )
    # Where a name stands is known of notices since: whoever is called “the” takes no such word out of what others read.
    await take_name_out(session, person_id=person_id, email=email, name=pseudonym)
    await driver.execute("DELETE FROM notification WHERE lower(address) = %(email)s", values)
    session.expire_all()
    releases = await _replace_releases(session, person_id=person_id, now=now) if texts else 0
    session.emit(PersonErased(actor_id=person_id, subject_id=person_id, texts=texts, releases=releases))


async def _erase(driver: Driver, own: OwnTable, values: dict[str, object]) -> int:
    # Table, columns and conditions are our own constants; what people have written comes as values.
    if own.after is AfterErasure.DELETED:
        done = await driver.execute(f'DELETE FROM "{own.table}" WHERE {own.condition}', values)  # noqa: S608
    elif own.after is AfterErasure.CHANGED:
        changes = ", ".join(f'"{column}" = {_change(column, how)}' for column, how in own.changes.items())
        when = f" AND ({own.when})" if own.when else ""
        done = await driver.execute(f'UPDATE "{own.table}" SET {changes} WHERE {own.condition}{when}', values)  # noqa: S608
    else:
        return 0
    return done.rowcount


def _change(column: str, how: str) -> str:
    return f"regexp_replace(\"{column}\", %(pattern)s, %(pseudonym)s, 'g')" if how == REDACTED else how


def mentions(name: str, email: str) -> str:
    """A PostgreSQL expression that finds a person's name and address in a text.

    A name of several words is found however it is written; one of a single word, which may be an everyday word, only as
    a word of its own in the same letters.
    """
    words = name.split()
    escaped = r"\s+".join(re.sub(r"(\W)", r"\\\1", word) for word in words)
    address = re.sub(r"(\W)", r"\\\1", email)
    if len(words) > 1:
        return rf"(?i)({escaped}|{address})"
    return rf"(\m{escaped}\M|{address})"


async def _replace_releases(session: WriteSession, *, person_id: UUID, now: datetime) -> int:
    """Make releases without what was erased, which say which ones they replace; answers how many."""
    driver = await session.driver()
    found = await driver.execute(
        "SELECT DISTINCT member.release_id FROM release_member AS member "
        "JOIN submission ON submission.id = member.submission_id "
        "JOIN submission_body AS body ON body.submission_id = submission.id AND body.erased_at = %(now)s "
        "WHERE submission.trainer_id = %(person)s OR submission.author_id = %(person)s",
        {"person": person_id, "now": now},
    )
    replaced = 0
    for (release_id,) in await found.fetchall():
        base = await session.get_one(Release, release_id)
        later = await session.scalar(
            select(Release.id).where(
                Release.project_id == base.project_id,
                Release.settings["replaces"].as_integer() == base.number,
            )
        )
        if later is not None:  # its replacement is looked at as well
            continue
        try:
            async with session.begin_nested():
                await withdraw_texts(session, actor=SYSTEM, base=base, now=now)
        except (NobodyWithdrawnError, NothingAcceptedError):
            continue
        replaced += 1
    return replaced
