"""What was ended in another process of the server: each remembers for half a minute who asked it."""

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import UnauthenticatedError
from preceptor.people import SYSTEM
from preceptor.people.operations import (
    NotFreshError,
    begin_code_app,
    begun_code_app,
    change_password,
    make_token,
    require_fresh,
    revoke_session,
    set_password,
    sign_out_everywhere,
)
from preceptor.people.queries import is_fresh
from preceptor.people.tables import CodeApp, Invitation, Person, Token, WebSession
from tests.conftest import PASSWORD
from tests.people.signing import post, set_up_app

NEW = "quite another password"


async def new_password(db, person_id) -> None:
    """As another process does it, so that this one does not forget anybody."""
    async with db.write() as session:
        await set_password(session, actor=SYSTEM, person_id=person_id, password=NEW, now=utc_now())


async def end(db, actor, how: str) -> None:
    """End the actor's sessions in another process."""
    if how == "a new password":
        await new_password(db, actor.person_id)
        return
    async with db.write() as session:
        if how == "being disabled":
            (await session.get_one(Person, actor.person_id)).state = "disabled"
        elif how == "signing out everywhere":
            await sign_out_everywhere(session, actor=actor)
        else:
            await revoke_session(session, actor=actor, session_id=actor.session_id, now=utc_now())


async def with_session(db, actor):
    """The actor as a process knows them who signed in with a browser."""
    async with db.read() as session:
        row = await session.scalar(select(WebSession.id).where(WebSession.person_id == actor.person_id))
    assert row is not None
    return msgspec.structs.replace(actor, session_id=row)


async def valid_tokens(db, person_id) -> list[str]:
    valid = (Token.person_id == person_id, Token.revoked_at.is_(None), Token.expires_at > utc_now())
    async with db.read() as session:
        return list(await session.scalars(select(Token.name).where(*valid)))


async def test_a_session_that_a_new_password_ended_makes_no_token(as_role, db):
    mine = await as_role("trainer")
    assert (await mine.get("/api/v1/me")).status_code == 200
    await new_password(db, mine.actor.person_id)
    assert (await mine.get("/api/v1/me")).status_code == 200, "this process remembers them"
    answer = await mine.post("/api/v1/tokens", json={"name": "kept", "days": 300})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    await post(mine, "/account/tokens", name="kept", days="300")
    assert await valid_tokens(db, mine.actor.person_id) == []


async def test_a_session_that_was_ended_invites_nobody(as_role, db):
    """Nor does anything else by which somebody could come back."""
    mine = await as_role("operator")
    assert (await mine.get("/people")).status_code == 200
    await new_password(db, mine.actor.person_id)
    await post(mine, "/people/invite", email="friend@example.org", roles="operator")
    await mine.post("/api/v1/invitations", json={"email": "friend@example.org", "roles": ["operator"]})
    async with db.read() as session:
        assert list(await session.scalars(select(Invitation.email))) == []


@pytest.mark.parametrize("ended_by", ["a new password", "being revoked"])
async def test_a_token_that_was_ended_makes_no_other(as_role, open_client, db, ended_by):
    mine, program = await as_role("trainer"), await open_client()
    made = (await mine.post("/api/v1/tokens", json={"name": "first", "days": 2})).json()
    program.headers["authorization"] = f"Bearer {made['secret']}"
    assert (await program.post("/api/v1/tokens", json={"name": "second", "days": 2})).status_code == 201
    token = msgspec.structs.replace(mine.actor, session_id=made["id"])
    if ended_by == "a new password":
        await new_password(db, mine.actor.person_id)
    else:
        async with db.write() as session:
            for row in await session.scalars(select(Token).where(Token.person_id == mine.actor.person_id)):
                row.revoked_at = utc_now()
    assert (await program.get("/api/v1/me")).status_code == 200, "this process remembers them"
    answer = await program.post("/api/v1/tokens", json={"name": "third", "days": 300})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    with pytest.raises(UnauthenticatedError):
        async with db.write() as session:
            await make_token(session, actor=token, name="kept", days=2, now=utc_now())
    assert await valid_tokens(db, mine.actor.person_id) == []


@pytest.mark.parametrize(
    "ended_by", ["a new password", "signing out everywhere", "signing out there", "being disabled"]
)
async def test_an_ended_session_changes_nothing_that_needs_a_fresh_one(as_role, db, ended_by):
    mine = await as_role("trainer")
    actor = await with_session(db, mine.actor)
    async with db.read() as session:
        assert await is_fresh(session, actor=actor, now=utc_now())
    assert (await mine.get("/api/v1/me")).status_code == 200
    await end(db, actor, ended_by)
    async with db.read() as session:
        assert not await is_fresh(session, actor=actor, now=utc_now())
    answer = await mine.post("/api/v1/factors/app")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    with pytest.raises(UnauthenticatedError):
        async with db.write() as session:
            await make_token(session, actor=actor, name="kept", days=2, now=utc_now())
    with pytest.raises(UnauthenticatedError):
        async with db.write() as session:
            await require_fresh(session, actor=actor, now=utc_now())
    known = NEW if ended_by == "a new password" else PASSWORD
    with pytest.raises(UnauthenticatedError):
        async with db.write() as session:
            await change_password(session, actor=actor, old=known, new="a third password", now=utc_now())


async def test_a_token_is_never_fresh(make_person, db):
    person = await make_person("trainer")
    async with db.write() as session:
        made, _secret, _end = await make_token(session, actor=person, name="first", days=2, now=utc_now())
    with pytest.raises(NotFreshError):
        async with db.write() as session:
            await require_fresh(session, actor=msgspec.structs.replace(person, session_id=made), now=utc_now())


async def test_a_token_made_while_the_password_changes_is_not_forgotten(as_role, db):
    """Either it is made before, and ended by the new password; or after, and refused."""
    mine = await as_role("trainer")
    actor = await with_session(db, mine.actor)
    changed = asyncio.Event()

    async def make() -> None:
        await changed.wait()
        async with db.write() as session:
            await make_token(session, actor=actor, name="kept", days=2, now=utc_now())

    making = asyncio.create_task(make())
    async with db.write() as session:
        await set_password(session, actor=SYSTEM, person_id=actor.person_id, password=NEW, now=utc_now())
        await session.flush()
        changed.set()
        await asyncio.sleep(0.3)
        assert not making.done(), "it waits for the new password"
    with pytest.raises(UnauthenticatedError):
        await making
    assert await valid_tokens(db, actor.person_id) == []


async def test_a_key_that_somebody_else_has_seen_is_not_offered_again(as_role, db, app):
    """Whoever was at the open browser of another may have begun with an app, and kept its key."""
    mine = await as_role("trainer")
    actor, sealer = await with_session(db, mine.actor), app.state.code_sealer
    asked = {"actor": actor, "sealer": sealer}
    async with db.write() as session:
        seen = await begin_code_app(session, **asked, now=utc_now())
    async with db.read() as session:
        assert await begun_code_app(session, **asked, now=utc_now()) == seen, "loading the page again changes nothing"
    async with db.hot() as driver:
        await driver.execute("UPDATE code_app SET created_at = created_at - interval '16 minutes'")
    async with db.read() as session:
        assert await begun_code_app(session, **asked, now=utc_now()) is None
    async with db.write() as session:
        assert await begin_code_app(session, **asked, now=utc_now()) != seen
    await new_password(db, actor.person_id)
    async with db.read() as session:
        assert await session.get(CodeApp, actor.person_id) is None


async def test_an_app_that_is_in_use_stays_with_a_new_password(as_role, db):
    mine = await as_role("trainer")
    await set_up_app(mine)
    await new_password(db, mine.actor.person_id)
    async with db.read() as session:
        assert (await session.get_one(CodeApp, mine.actor.person_id)).confirmed_at is not None
