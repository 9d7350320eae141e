"""What mails lead to: a new password, another address; sessions, new devices and notices."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from preceptor.lib.clock import utc_now
from preceptor.people.operations import Told, notify
from preceptor.people.tables import EmailChange, PasswordReset, Person
from tests.conftest import PASSWORD
from tests.people.signing import email_of, link_in, mails, password_step, plain, post, text_of

NEW = "quite another password"


async def test_a_forgotten_password_is_replaced_once(as_role, client, db, settings):
    mine = await as_role("trainer")
    email = await email_of(db, mine.actor)
    known = await post(client, "/forgotten", email=email.upper())
    unknown = await post(client, "/forgotten", email="nobody@example.org")
    assert known.status_code == unknown.status_code == 200
    assert plain(known.text) == plain(unknown.text)
    made = (await mine.post("/api/v1/tokens", json={"name": "script", "days": 2})).json()
    token = {"Authorization": f"Bearer {made['secret']}"}
    (mail,) = await mails(db, settings)
    assert ("List-Unsubscribe" in mail, "/mail/off/" in mail.as_string()) == (False, False)
    link = link_in(mail, settings)
    secret = link.rpartition("/")[2]
    async with db.read() as session:
        assert secret.encode() not in (await session.scalar(select(PasswordReset))).digest
    assert email in (await client.get(link)).text
    assert (await post(client, link, password="short")).status_code == 422
    answer = await post(client, link, password=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await mine.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/me", headers=token)).status_code == 401
    assert (await client.get(link)).status_code == 410
    assert (await post(client, link, password=NEW)).status_code == 410
    assert (await password_step(client, email, NEW)).headers["location"] == "/"
    assert any("Your password was changed" in mail["Subject"] for mail in await mails(db, settings))


async def test_a_link_ends_after_an_hour_and_with_the_next_password(as_role, client, db, settings):
    mine = await as_role("trainer")
    email = await email_of(db, mine.actor)
    await post(client, "/forgotten", email=email)
    link = link_in((await mails(db, settings))[0], settings)
    async with db.write() as session:
        row = await session.scalar(select(PasswordReset))
        assert timedelta(minutes=59) < row.expires_at - utc_now() <= timedelta(hours=1)
        row.expires_at = utc_now()
    assert (await client.get(link)).status_code == 410
    await post(client, "/forgotten", email=email)
    newer = link_in((await mails(db, settings))[1], settings)
    await post(mine, "/account/password", old=PASSWORD, password=NEW)
    assert (await client.get(newer)).status_code == 410


async def test_asking_often_sends_three_mails_and_locks_nobody_out(as_role, client, db, settings):
    mine = await as_role("trainer")
    email = await email_of(db, mine.actor)
    for _again in range(10):
        assert (await post(client, "/forgotten", email=email)).status_code == 200
    assert (await post(client, "/forgotten", email="other@example.org")).status_code == 429
    assert len(await mails(db, settings)) == 3
    assert (await password_step(client, email)).headers["location"] == "/"


@pytest.mark.parametrize("first", ["old", "new"])
async def test_an_address_changes_when_both_have_agreed(as_role, client, db, settings, first):
    mine = await as_role("trainer")
    before = await email_of(db, mine.actor)
    answer = await post(mine, "/account/email", email="Nova@New.example.org")
    assert answer.status_code == 200, answer.text
    sent = {mail["To"]: link_in(mail, settings) for mail in await mails(db, settings)}
    links = [sent[before], sent["nova@new.example.org"]]
    links = links if first == "old" else links[::-1]
    assert "Now follow the link" in (await post(client, links[0])).text
    assert await email_of(db, mine.actor) == before
    done = await post(client, links[1])
    assert "belongs to nova@new.example.org now" in done.text
    assert await email_of(db, mine.actor) == "nova@new.example.org"
    assert (await mine.get("/api/v1/me")).status_code == 401
    assert (await client.get(links[0])).status_code == 410
    told = [mail["To"] for mail in await mails(db, settings) if "was changed" in mail["Subject"]]
    assert sorted(told) == sorted([before, "nova@new.example.org"])


async def test_a_taken_address_is_not_given_away(as_role, make_person, db, settings):
    mine, other = await as_role("trainer"), await make_person("trainer")
    taken = await email_of(db, other)
    free = await post(mine, "/account/email", email="free@example.org")
    answer = await post(mine, "/account/email", email=taken)
    assert plain(answer.text).replace(taken, "free@example.org") == plain(free.text)
    mail = next(one for one in await mails(db, settings) if one["To"] == taken)
    assert "There is an account with this address already" in " ".join(text_of(mail).split())


async def test_another_wish_overtakes_the_first(as_role, client, db, settings):
    mine = await as_role("trainer")
    await post(mine, "/account/email", email="one@example.org")
    first = [link_in(mail, settings) for mail in await mails(db, settings)]
    await post(mine, "/account/email", email="two@example.org")
    for link in first:
        assert (await client.get(link)).status_code == 410
    async with db.read() as session:
        assert [row.email for row in await session.scalars(select(EmailChange))] == ["two@example.org"]


async def test_a_new_device_is_told_of_once(as_role, open_client, db, settings):
    mine = await as_role("trainer")
    email = await email_of(db, mine.actor)
    same = await open_client()
    await password_step(same, email)
    assert await mails(db, settings) == []
    phone = await open_client()
    phone.headers["user-agent"] = "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    for _again in range(2):
        await password_step(phone, email)
    (mail,) = await mails(db, settings)
    assert "Firefox on Android" in " ".join(text_of(mail).split())
    # The browser is known by its cookie when it calls itself something else.
    phone.headers["user-agent"] = "Something/1.0"
    await password_step(phone, email)
    assert len(await mails(db, settings)) == 1


async def test_all_other_sessions_end(as_role, signed_in):
    mine = await as_role("trainer")
    elsewhere = [await signed_in(mine.actor) for _one in range(2)]
    listed = (await mine.get("/api/v1/sessions")).json()["sessions"]
    assert [one["is_this"] for one in listed] == [True, False, False]
    assert (await post(mine, "/account/sessions/end-others")).status_code == 303
    assert [(await one.get("/api/v1/me")).status_code for one in elsewhere] == [401, 401]
    assert (await mine.get("/api/v1/me")).status_code == 200


async def test_notices_are_listed_counted_followed_and_read(as_role, db, app):
    mine, other = await as_role("trainer"), await as_role("trainer")
    async with db.write() as session:
        for number in range(3):
            await notify(
                session,
                person_id=mine.actor.person_id,
                kind="work.opened",
                text=lambda number=number: Told(f"Subject {number} <b>", "A text."),
                link="/work",
            )
        await notify(
            session, person_id=mine.actor.person_id, kind="account.x", text=lambda: Told("Secret", "x"), secret=True
        )
    app.state.authentication.forget(mine.actor.person_id)
    page = (await mine.get("/account/notices")).text
    assert "3 new notices" in page
    assert "Subject 1 &lt;b&gt;" in page
    assert "Secret" not in page
    rows = (await mine.get("/api/v1/notices")).json()["notices"]
    assert (await other.get(f"/account/notices/{rows[0]['id']}")).status_code == 404
    assert (await mine.get(f"/account/notices/{rows[0]['id']}")).headers["location"] == "/work"
    assert "2 new notices" in (await mine.get("/account/notices")).text
    await post(mine, "/account/notices/read")
    assert "new notice" not in (await mine.get("/account/notices")).text
    await post(mine, "/account/notices/mails", topics="pay")
    topics = {one["key"]: one["wanted"] for one in (await mine.get("/api/v1/notices/mails")).json()["topics"]}
    assert (topics["pay"], topics["work"], topics["account"]) == (True, False, True)


async def test_a_disabled_account_gets_no_link(as_role, client, db, settings):
    mine = await as_role("trainer")
    async with db.write() as session:
        await session.execute(update(Person).where(Person.id == mine.actor.person_id).values(state="disabled"))
    await post(client, "/forgotten", email=await email_of(db, mine.actor))
    assert await mails(db, settings) == []


async def test_asking_for_other_addresses_bothers_few_strangers(as_role, db, settings):
    mine = await as_role("trainer")
    for number in range(8):
        answer = await post(mine, "/account/email", email=f"stranger-{number}@example.org")
    assert answer.status_code == 422
    assert "wait fifteen minutes" in answer.text
    assert len([mail for mail in await mails(db, settings) if "stranger" in mail["To"]]) == 5
