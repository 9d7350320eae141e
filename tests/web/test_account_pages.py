"""One's own account: profile, password, sessions, tokens."""

import re

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people import SYSTEM
from preceptor.people.operations import set_password
from preceptor.people.queries import access_person
from preceptor.people.queries.notices import list_notices
from preceptor.web.account.sessions import browser_name
from tests.conftest import PASSWORD
from tests.people.signing import email_of, post


async def person_of(db, actor):
    async with db.read() as session:
        return await access_person(session, actor=SYSTEM, person_id=actor.person_id)


async def test_profile_is_changed_and_seen_at_once(as_role, db):
    mine = await as_role("trainer")
    assert mine.actor.pseudonym in (await mine.get("/account")).text
    form = {"name": "  Nova   Lima ", "language": "en", "time_zone": "America/Lima", "theme": "dark"}
    answer = await mine.post("/account", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    person = await person_of(db, mine.actor)
    assert (person.name, person.language, person.time_zone) == ("Nova Lima", "en", "America/Lima")
    text = (await mine.get("/account")).text
    assert "Nova Lima" in text
    assert 'data-theme="dark"' in text
    await mine.post("/account", data={**form, "theme": ""})
    assert "data-theme=" not in (await mine.get("/account")).text


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"name": "x" * 200}, {"time_zone": "Mars/Olympus"}, {"language": "tlh"}, {"role": "operator"}],
)
async def test_profile_refuses_what_is_wrong(as_role, db, changed):
    mine = await as_role("trainer")
    answer = await mine.post("/account", data={"name": "Nova", "time_zone": "UTC", **changed})
    assert answer.status_code == 422
    person = await person_of(db, mine.actor)
    assert (person.name, person.roles) == (mine.actor.name, ["trainer"])


async def test_new_password_ends_other_sessions_and_keeps_this_one(as_role, signed_in, db):
    mine = await as_role("trainer")
    elsewhere = await signed_in(mine.actor)
    answer = await mine.post("/account/password", data={"old": PASSWORD, "password": "another fine password"})
    assert answer.status_code == 303, answer.text
    assert (await mine.get("/api/v1/me")).status_code == 200
    assert (await elsewhere.get("/api/v1/me")).status_code == 401
    email = (await person_of(db, mine.actor)).email
    again = {"email": email, "password": PASSWORD}
    assert (await mine.post("/api/v1/session", json=again)).json()["code"] == "wrong_password"


async def token_of(mine):
    made = await mine.post("/api/v1/tokens", json={"name": "script", "days": 2})
    return {"Authorization": f"Bearer {made.json()['secret']}"}


@pytest.mark.parametrize("ended", [True, False])
async def test_new_password_asks_whether_tokens_end(as_role, client, db, ended):
    mine = await as_role("trainer")
    assert "tokens for scripts" not in (await mine.get("/account/password")).text
    tokens = [await token_of(mine), await token_of(mine)]
    for token in tokens:
        assert (await client.get("/api/v1/me", headers=token)).status_code == 200
    form = {"old": "not it at all", "password": "another fine password", **({"end_tokens": "true"} if ended else {})}
    text = (await mine.get("/account/password")).text
    assert ("End my 2 tokens for scripts" in text, "checked" in text) == (True, True)
    again = (await mine.post("/account/password", data=form)).text
    assert ("checked" in again) == ended, "what was chosen stands"
    assert (await mine.post("/account/password", data={**form, "old": PASSWORD})).status_code == 303
    for token in tokens:
        assert (await client.get("/api/v1/me", headers=token)).status_code == (401 if ended else 200)
    async with db.read() as session:
        told = (await list_notices(session, actor=mine.actor)).rows[0].body
    assert ("2 tokens for scripts that you had were ended" in told) == ended
    assert ("2 tokens for scripts that you have stay valid" in told) == (not ended)


async def test_an_operator_who_sets_a_password_ends_tokens(as_role, client, db):
    mine = await as_role("trainer")
    token = await token_of(mine)
    async with db.write() as session:
        given = {"actor": SYSTEM, "person_id": mine.actor.person_id, "password": "another fine password"}
        await set_password(session, **given, now=utc_now())
    assert (await client.get("/api/v1/me", headers=token)).status_code == 401


async def test_wrong_old_passwords_are_counted(as_role):
    mine = await as_role("trainer")
    form = {"old": "not it at all", "password": "another fine password"}
    for _attempt in range(10):
        assert "not your present password" in (await mine.post("/account/password", data=form)).text
    answer = await mine.post("/account/password", data={**form, "old": PASSWORD})
    assert "Too many failed attempts" in answer.text
    assert (await mine.get("/api/v1/me")).status_code == 200


async def test_short_password_is_named(as_role):
    mine = await as_role("trainer")
    answer = await mine.post("/account/password", data={"old": PASSWORD, "password": "short"})
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text


async def test_sessions_are_listed_and_ended(as_role, signed_in):
    mine = await as_role("trainer")
    elsewhere = await signed_in(mine.actor)
    text = (await mine.get("/account/sessions")).text
    assert "this one" in text
    (path,) = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', text)
    assert (await mine.post(path)).status_code == 303
    assert (await elsewhere.get("/api/v1/me")).status_code == 401
    assert (await mine.get("/api/v1/me")).status_code == 200


async def test_nobody_ends_another_persons_session(as_role, signed_in):
    mine, stranger = await as_role("trainer"), await as_role("operator")
    elsewhere = await signed_in(mine.actor)
    text = (await mine.get("/account/sessions")).text
    (path,) = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', text)
    await stranger.post(path)
    assert (await elsewhere.get("/api/v1/me")).status_code == 200
    assert path not in (await stranger.get("/account/sessions")).text


async def test_signing_out_everywhere(as_role, signed_in):
    mine = await as_role("trainer")
    elsewhere = await signed_in(mine.actor)
    answer = await mine.post("/account/sessions/end-all")
    assert answer.headers["location"] == "/sign-in"
    for one in (mine, elsewhere):
        assert (await one.get("/api/v1/me")).status_code == 401


async def test_token_is_shown_once_and_revoked(as_role, client):
    mine = await as_role("manager")
    answer = await mine.post("/account/tokens", data={"name": "<b>nightly</b>", "days": "7"})
    assert answer.status_code == 200, answer.text
    (secret,) = set(re.findall(r"pre_[\w-]{40,}", answer.text))
    assert "<b>nightly</b>" not in answer.text
    bearer = {"Authorization": f"Bearer {secret}"}
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 200
    text = (await mine.get("/account/tokens")).text
    assert secret not in text
    (path,) = re.findall(r'action="(/account/tokens/[0-9a-f-]{36}/revoke)"', text)
    stranger = await as_role("trainer")
    await stranger.post(path)
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 200
    await mine.post(path)
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 401


@pytest.mark.parametrize("form", [{"name": ""}, {"name": "x", "days": "0"}, {"name": "x", "days": "many"}, {}])
async def test_tokens_refuse_what_is_wrong(as_role, form):
    mine = await as_role("trainer")
    answer = await mine.post("/account/tokens", data=form)
    assert answer.status_code == 422
    assert "pre_" not in answer.text


@pytest.mark.parametrize("path", ["", "/password", "/sessions", "/tokens"])
async def test_forms_need_the_pages_own_token(as_role, path):
    mine = await as_role("trainer")
    del mine.headers["X-CSRF-Token"]
    answer = await mine.post(f"/account{path}{'/end-all' if path == '/sessions' else ''}", data={"name": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/17 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130 Safari/537 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130 Mobile Safari/537", "Chrome on Android"),
        ("python-httpx/0.28", "Another program"),
        ("", "Another program"),
        ("<script>Linux", "Linux"),
    ],
)
def test_browsers_are_told_in_words(user_agent, name):
    assert str(browser_name(user_agent)) == name


async def test_a_link_that_asks_for_other_letters_signs_in_all_the_same(client, as_role, db):
    mine = await as_role("trainer")
    answer = await post(
        client, "/sign-in", email=await email_of(db, mine.actor), password=PASSWORD, next="/offers?q=català €"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/offers?q=catal%C3%A0%20%E2%82%AC")
