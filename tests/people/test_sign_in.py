"""Signing in: sessions, forged requests, rate limits, invitations, tokens."""

from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people import relying_party
from preceptor.people.operations import PasskeyRefusedError, Visit, ask_for_reset, invite, sign_in_with_passkey
from preceptor.people.rules import SYSTEM, Role
from tests.conftest import PASSWORD
from tests.people.signing import email_of, mails


async def csrf(client):
    await client.get("/sign-in")
    return client.cookies["csrftoken"]


async def test_page_shows_the_form(client):
    answer = await client.get("/sign-in")
    assert answer.status_code == 200
    assert 'name="password"' in answer.text
    assert "script-src 'self' 'nonce-" in answer.headers["content-security-policy"]


async def test_sign_in_leads_to_work_and_out_again(client, make_person, db):
    from preceptor.people.queries import access_person

    trainer = await make_person("trainer")
    async with db.read() as session:
        person = await access_person(session, actor=SYSTEM, person_id=trainer.person_id)
    token = await csrf(client)
    form = {"email": person.email.upper(), "password": PASSWORD, "csrf_token": token}
    answer = await client.post("/sign-in", data=form)
    assert answer.status_code == 303
    me = await client.get("/api/v1/me")
    assert me.json()["roles"] == ["trainer"]
    old = dict(client.cookies)
    await client.post("/sign-out", data={"csrf_token": token})
    client.cookies.update(old)
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_missing_token_is_refused_with_a_reason(client):
    answer = await client.post("/sign-in", data={"email": "a@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Load the page again" in answer.text


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_wrong_token_is_refused_over_json(client, token):
    await csrf(client)
    answer = await client.post("/api/v1/session", json={}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_wrong_password_tells_nothing_and_is_rate_limited(client, make_person, db):
    from preceptor.people.queries import access_person

    trainer = await make_person("trainer")
    async with db.read() as session:
        email = (await access_person(session, actor=SYSTEM, person_id=trainer.person_id)).email
    headers = {"X-CSRF-Token": await csrf(client)}
    seen = set()
    for _attempt in range(10):
        for wanted in (email,):
            answer = await client.post("/api/v1/session", json={"email": wanted, "password": "x"}, headers=headers)
            seen.add((answer.status_code, answer.json()["code"]))
    assert seen == {(422, "wrong_password")}
    answer = await client.post("/api/v1/session", json={"email": email, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 429


async def test_invitation_works_once(client, db, make_person):
    async with db.write() as session:
        secret = await invite(session, actor=SYSTEM, email="new@example.org", roles=[Role.TRAINER], now=utc_now())
    assert "new@example.org" in (await client.get(f"/invitation/{secret}")).text
    form = {"name": "Nova", "password": "short", "csrf_token": await csrf(client)}
    assert (await client.post(f"/invitation/{secret}", data=form)).status_code == 422
    answer = await client.post(f"/invitation/{secret}", data={**form, "password": PASSWORD})
    assert answer.status_code == 303
    assert (await client.get("/api/v1/me")).json()["name"] == "Nova"
    assert (await client.get(f"/invitation/{secret}")).status_code == 410


async def test_token_speaks_for_its_owner_until_revoked(as_role, client):
    mine = await as_role("manager")
    made = (await mine.post("/api/v1/tokens", json={"name": "script", "days": 2})).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert (await client.get("/api/v1/me", headers=bearer)).json()["roles"] == ["manager"]
    assert (await mine.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 401  # also where it was remembered


async def test_malformed_and_unknown_fields_are_named(as_role):
    mine = await as_role("trainer")
    answer = await mine.post("/api/v1/tokens", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    answer = await mine.post("/api/v1/tokens", json={"name": "x", "surprise": 1})
    assert answer.status_code == 422
    assert "surprise" in answer.text


async def test_huge_body_is_refused(as_role):
    mine = await as_role("trainer")
    answer = await mine.post("/api/v1/tokens", json={"name": "x" * 3_000_000})
    assert answer.status_code == 413


async def test_nobody_counts_against_others_by_what_they_type(client, as_role, db, settings):
    mine = await as_role("trainer")
    email, office = await email_of(db, mine.actor), "203.0.113.5"
    headers = {"X-CSRF-Token": await csrf(client)}
    for wanted in [f"reset {email}"] * 5 + [f"passkey {office}"] * 5:
        answer = await client.post("/api/v1/session", json={"email": wanted, "password": "x"}, headers=headers)
        assert answer.json()["code"] == "wrong_password"
    now = utc_now()
    async with db.write() as session:
        await ask_for_reset(session, email=email, address="198.51.100.7", attempts=10, now=now)
    assert [mail["Subject"] for mail in await mails(db, settings)] == ["Choose a new password"]
    visit = Visit(address=office, user_agent="", valid_for=timedelta(days=1))
    async with db.write() as session:
        with pytest.raises(PasskeyRefusedError):  # and not that there were too many attempts
            await sign_in_with_passkey(
                session,
                party=relying_party("http://127.0.0.1:8080"),
                credential={},
                visit=visit,
                attempts=5,
                now=now,
            )


@pytest.mark.parametrize("way", ["page", "api"])
async def test_a_stolen_session_tries_no_passwords_by_asking_to_be_erased(as_role, way):
    mine = await as_role("trainer")

    async def ask(password):
        if way == "api":
            return (await mine.post("/api/v1/my/data/erasure", json={"password": password})).status_code
        return (await mine.post("/account/data/erase", data={"password": password})).status_code

    assert [await ask(f"guess {number}") for number in range(10)] == [422] * 10
    assert await ask(PASSWORD) == 429
    assert (await mine.get("/api/v1/my/data")).json()["erasure"] is None


@pytest.mark.parametrize(
    "path", ["/projects/x/imports/new", "/projects/x/items/new/pictures", "/api/v1/projects/x/assets"]
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_nobody_unknown_makes_us_take_in_a_large_body(client, path, kind):
    await csrf(client)
    taken = 0

    async def body():
        nonlocal taken
        for _part in range(20):
            taken += 1_000_000
            yield b"x" * 1_000_000

    answer = await client.post(
        path, content=body(), headers={"content-type": kind, "content-length": "20000000", "accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "large_form")
    assert taken <= 1_000_000
