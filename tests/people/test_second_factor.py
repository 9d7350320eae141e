"""An app that shows codes, recovery codes, and roles that need a second factor."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from preceptor.lib.clock import utc_now
from preceptor.people import SYSTEM, Role
from preceptor.people.operations import change_roles
from preceptor.people.tables import CodeApp, RecoveryCode, WebSession
from tests.conftest import PASSWORD
from tests.people.signing import App, email_of, mails, password_step, post, set_up_app, text_of


async def test_the_second_step_is_asked_for_and_let_through(as_role, open_client, db):
    mine = await as_role("manager")
    app, _codes = await set_up_app(mine)
    other = await open_client()
    answer = await password_step(other, await email_of(db, mine.actor))
    assert answer.headers["location"] == "/sign-in/step"
    assert (await other.get("/api/v1/me")).status_code == 401
    assert "Second step" in (await other.get("/sign-in/step")).text
    answer = await post(other, "/sign-in/step", answer=app.code())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await other.get("/api/v1/me")).json()["name"] == mine.actor.name
    assert "with the password and a second step" in (await other.get("/account/sessions")).text


async def test_a_code_works_once_in_all_browsers_together(as_role, open_client, db):
    mine = await as_role("trainer")
    app, _codes = await set_up_app(mine)
    email, code = await email_of(db, mine.actor), app.code()
    first, second = await open_client(), await open_client()
    for one in (first, second):
        await password_step(one, email)
    assert (await post(first, "/sign-in/step", answer=code)).status_code == 303
    assert (await post(second, "/sign-in/step", answer=code)).status_code == 422
    assert (await second.get("/api/v1/me")).status_code == 401


async def test_the_code_that_set_it_up_does_not_sign_in(as_role, open_client, db):
    mine = await as_role("trainer")
    await post(mine, "/account/second-factor/app/begin")
    page = await mine.get("/account/second-factor/app")
    app = App(page.text.partition('<code tabindex="0">')[2].partition("<")[0].replace(" ", ""))
    code = app.code()
    assert (await post(mine, "/account/second-factor/app", code="000000")).status_code == 422
    assert (await post(mine, "/account/second-factor/app", code=code)).status_code == 200
    other = await open_client()
    await password_step(other, await email_of(db, mine.actor))
    assert (await post(other, "/sign-in/step", answer=code)).status_code == 422


async def test_wrong_codes_lock_as_wrong_passwords_do(as_role, open_client, db):
    mine = await as_role("trainer")
    app, _codes = await set_up_app(mine)
    email = await email_of(db, mine.actor)
    other = await open_client()
    await password_step(other, email)
    for _attempt in range(10):
        assert (await post(other, "/sign-in/step", answer="000000")).status_code == 422
    answer = await post(other, "/sign-in/step", answer=app.code())
    assert answer.status_code == 429
    assert "wait fifteen minutes" in answer.text
    assert (await password_step(await open_client(), email)).status_code == 429


async def test_recovery_codes_work_once_each_and_are_told_of(as_role, open_client, db, settings):
    mine = await as_role("trainer")
    _app, codes = await set_up_app(mine)
    assert len(codes) == 10
    email = await email_of(db, mine.actor)
    for code, status in ((codes[3].upper(), 303), (codes[3], 422), (codes[4], 303)):
        other = await open_client()
        await password_step(other, email)
        assert (await post(other, "/sign-in/step", answer=code)).status_code == status
    assert "8 codes are left" in (await mine.get("/account/second-factor")).text
    told = [mail for mail in await mails(db, settings) if "recovery code was used" in mail["Subject"]]
    assert "9 codes are left" in text_of(told[0])
    async with db.read() as session:
        kept = list(await session.scalars(select(RecoveryCode)))
    assert not any(codes[0].encode() in row.digest for row in kept)


async def test_new_recovery_codes_replace_the_old_ones(as_role, open_client, db):
    mine = await as_role("trainer")
    _app, old = await set_up_app(mine)
    answer = await post(mine, "/account/second-factor/codes")
    assert answer.status_code == 200
    assert old[0] not in answer.text
    other = await open_client()
    await password_step(other, await email_of(db, mine.actor))
    assert (await post(other, "/sign-in/step", answer=old[0])).status_code == 422


async def test_setting_it_up_renews_the_session_and_ends_the_others(as_role, signed_in, db, settings):
    mine = await as_role("trainer")
    elsewhere = await signed_in(mine.actor)
    before = mine.cookies["session"]
    await set_up_app(mine)
    assert mine.cookies["session"] != before
    assert (await mine.get("/api/v1/me")).status_code == 200
    assert (await elsewhere.get("/api/v1/me")).status_code == 401
    elsewhere.cookies.set("session", before)
    assert (await elsewhere.get("/api/v1/me")).status_code == 401
    assert any("How you sign in has changed" in mail["Subject"] for mail in await mails(db, settings))


async def test_the_key_is_sealed(as_role, db):
    mine = await as_role("trainer")
    await post(mine, "/account/second-factor/app/begin")
    page = await mine.get("/account/second-factor/app")
    key = page.text.partition('<code tabindex="0">')[2].partition("<")[0].replace(" ", "")
    assert page.text.count("data:image/svg+xml") == 1
    async with db.read() as session:
        row = await session.scalar(select(CodeApp))
    assert key.encode() not in row.sealed
    # Beginning once more shows the same key: the phone may have it already.
    await post(mine, "/account/second-factor/app/begin")
    assert key[:4] in (await mine.get("/account/second-factor/app")).text


async def test_an_old_session_has_to_confirm_first(as_role, db):
    mine = await as_role("trainer")
    async with db.write() as session:
        long_ago = utc_now() - timedelta(minutes=16)
        await session.execute(update(WebSession).values(created_at=long_ago))
    page = await mine.get("/account/second-factor/app")
    assert page.headers["location"] == "/account/confirm?next=/account/second-factor/app"
    answer = await mine.post("/account/passkeys/options", headers={"accept": "application/json"})
    assert answer.json()["code"] == "not_fresh"
    before = mine.cookies["session"]
    wrong = await post(mine, "/account/confirm", password="not it at all", next="/account/second-factor/app")
    assert wrong.status_code == 422
    right = await post(mine, "/account/confirm", password=PASSWORD, next="/account/second-factor/app")
    assert right.headers["location"] == "/account/second-factor/app"
    assert mine.cookies["session"] != before
    assert (await mine.get("/account/second-factor/app")).status_code == 200


async def test_a_token_changes_nothing_that_one_signs_in_with(as_role, client):
    mine = await as_role("trainer")
    made = (await mine.post("/api/v1/tokens", json={"name": "script", "days": 2})).json()
    bearer = {"Authorization": f"Bearer {made['secret']}", "accept": "application/json"}
    for path in ("/account/passkeys/options", "/account/second-factor/codes", "/account/second-factor/app/remove"):
        answer = await client.post(path, headers=bearer)
        assert answer.status_code in {303, 403}, path
        assert answer.status_code == 403 or "/account/confirm" in answer.headers["location"]


async def test_removing_the_last_one_takes_the_recovery_codes_along(as_role, open_client, db):
    mine = await as_role("trainer")
    await set_up_app(mine)
    assert (await post(mine, "/account/second-factor/app/remove")).status_code == 303
    async with db.read() as session:
        assert list(await session.scalars(select(RecoveryCode))) == []
    other = await open_client()
    assert (await password_step(other, await email_of(db, mine.actor))).headers["location"] == "/"
    assert (await post(mine, "/account/second-factor/codes")).status_code == 409


async def test_the_api_takes_the_code_in_the_same_request(as_role, open_client, db):
    mine = await as_role("trainer")
    app, _codes = await set_up_app(mine)
    other = await open_client()
    await other.get("/sign-in")
    headers = {"X-CSRF-Token": other.cookies["csrftoken"]}
    body = {"email": await email_of(db, mine.actor), "password": PASSWORD}
    for given in ({}, {"code": "000000"}):
        answer = await other.post("/api/v1/session", json=body | given, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "second_factor")
        assert "session" not in answer.cookies
    answer = await other.post("/api/v1/session", json=body | {"code": app.code()}, headers=headers)
    assert answer.status_code == 201
    assert (await other.get("/api/v1/me")).status_code == 200
    answer = await (await open_client()).get("/api/v1/me")
    assert answer.status_code == 401


async def test_a_step_ends_with_the_rights_of_its_person(as_role, open_client, db):
    mine = await as_role("trainer")
    app, _codes = await set_up_app(mine)
    other = await open_client()
    await password_step(other, await email_of(db, mine.actor))
    answer = await post(mine, "/account/password", old=PASSWORD, password="another fine password")
    assert answer.status_code == 303
    answer = await post(other, "/sign-in/step", answer=app.code())
    assert answer.headers["location"] == "/sign-in"
    assert "That took too long" in (await other.get("/sign-in")).text


async def test_nobody_takes_a_step_that_was_not_begun(client):
    assert (await client.get("/sign-in/step")).headers["location"] == "/sign-in"
    assert (await post(client, "/sign-in/step", answer="000000")).headers["location"] == "/sign-in"


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, second_factor_required="manager,operator")


async def test_roles_that_need_one_are_led_to_it_before_anything_else(as_role):
    mine = await as_role("manager", "trainer")
    for path in ("/", "/projects", "/work", "/account", "/people"):
        assert (await mine.get(path)).headers["location"] == "/account/second-factor", path
    answer = await mine.get("/api/v1/projects")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    page = await mine.get("/account/second-factor")
    assert "Your role needs a second factor" in page.text
    await set_up_app(mine)
    assert (await mine.get("/projects")).status_code == 200
    assert (await mine.get("/api/v1/projects")).status_code == 200


async def test_others_are_left_in_peace(as_role):
    assert (await (await as_role("trainer")).get("/work")).status_code == 200


async def test_their_tokens_wait_too(make_person, db, client):
    from preceptor.people.operations import make_token

    person = await make_person("manager")
    async with db.write() as session:
        _id, secret, _end = await make_token(session, actor=person, name="old", days=2, now=utc_now())
    bearer = {"Authorization": f"Bearer {secret}"}
    for _again in range(2):
        answer = await client.get("/api/v1/projects", headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    draft = await client.put(f"/api/v1/assignments/{person.person_id}/draft", json={}, headers=bearer)
    assert draft.status_code == 403


async def test_the_last_factor_cannot_be_lost_without_being_held_again(as_role):
    mine = await as_role("manager")
    await set_up_app(mine)
    await post(mine, "/account/second-factor/app/remove")
    assert (await mine.get("/projects")).headers["location"] == "/account/second-factor"


async def test_a_new_role_is_held_at_once(as_role, db, app):
    mine = await as_role("trainer")
    assert (await mine.get("/work")).status_code == 200
    async with db.write() as session:
        await change_roles(session, actor=SYSTEM, person_id=mine.actor.person_id, roles=[Role.TRAINER, Role.MANAGER])
    app.state.authentication.forget(mine.actor.person_id)
    assert (await mine.get("/work")).headers["location"] in {"/account/second-factor", "/sign-in?next=/work"}
