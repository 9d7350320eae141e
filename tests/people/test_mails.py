"""Notices go out by mail: once, again when they failed, and not to those who turned them off."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.mail import FolderOutbox, MailServer, SmtpOutbox
from preceptor.lib.settings import load_settings
from preceptor.people import SYSTEM, Role
from preceptor.people.operations import Told, choose_mails, invite, notify, write_to
from preceptor.people.postman import Postman, mail_outbox, mail_sender, read_refusal, refusal_signer
from preceptor.people.queries import access_person
from preceptor.people.rules import MAIL_TOPICS, next_mail_try, topic_of
from preceptor.people.tables import Notification
from tests.lib.mail_server import free_port, mail_server

HELLO = Told("A subject", "A text.")


def smtp(port: int) -> SmtpOutbox:
    return SmtpOutbox(MailServer(host="localhost", port=port, encrypted=False, starttls=False))


async def tell(db, person, kind="work.opened", **options):
    async with db.write() as session:
        return await notify(session, person_id=person.person_id, kind=kind, text=lambda: HELLO, **options)


async def notice(db, notice_id):
    async with db.read() as session:
        return await session.scalar(select(Notification).where(Notification.id == notice_id))


async def send_all(db, settings, outbox, now=None):
    return await Postman(db, outbox=outbox, settings=settings).send_due(now=now or utc_now())


async def test_a_notice_is_mailed_once(db, settings, make_person):
    person = await make_person("trainer", name="Nova Lima")
    notice_id = await tell(db, person, link="/work")
    with mail_server() as box:
        for _again in range(3):
            await send_all(db, settings, smtp(box.port), utc_now() + timedelta(days=1))
    (mail,) = box.mails
    async with db.read() as session:
        assert mail["To"] == (await access_person(session, actor=SYSTEM, person_id=person.person_id)).email
    assert mail["Message-ID"].startswith(f"<notice.{notice_id.hex}@")
    text = mail.get_body(("plain",)).get_content()
    assert "Hello Nova Lima," in text
    assert f"{settings.base_url}/work" in text
    found = await notice(db, notice_id)
    assert (found.mail_state, found.mail_tries, found.body) == ("sent", 1, "A text.")


async def test_many_are_shared_between_two_workers(db, settings, make_person):
    person = await make_person("trainer")
    for _one in range(30):
        await tell(db, person)
    with mail_server() as box:
        await asyncio.gather(*(send_all(db, settings, smtp(box.port)) for _worker in range(3)))
    ids = [mail["Message-ID"] for mail in box.mails]
    assert len(ids) == len(set(ids)) == 30


async def test_what_a_worker_took_and_never_sent_goes_out_later(db, settings, make_person):
    from preceptor.people.operations import take_mails

    person = await make_person("trainer")
    notice_id = await tell(db, person)
    now = utc_now()
    async with db.write() as session:
        assert len(await take_mails(session, now=now, limit=5)) == 1
    with mail_server() as box:
        await send_all(db, settings, smtp(box.port), now + timedelta(minutes=1))
        assert box.mails == []
        await send_all(db, settings, smtp(box.port), now + timedelta(minutes=30))
    assert len(box.mails) == 1
    assert (await notice(db, notice_id)).mail_tries == 2


async def test_a_lost_lease_changes_nothing(db, make_person):
    from preceptor.people.operations import note_failed, note_sent, take_mails

    notice_id = await tell(db, await make_person("trainer"), secret=True)
    now = utc_now()
    async with db.write() as session:
        (first,) = await take_mails(session, now=now, limit=5)
    async with db.write() as session:
        (second,) = await take_mails(session, now=now + timedelta(hours=1), limit=5)
    async with db.write() as session:
        await note_failed(session, mail=first, reason="no", for_good=True, now=now)
    assert (await notice(db, notice_id)).body == "A text."
    async with db.write() as session:
        await note_sent(session, mail=second)
    assert ((await notice(db, notice_id)).mail_state, (await notice(db, notice_id)).body) == ("sent", "")


async def test_secret_ones_are_emptied(db, settings, make_person):
    notice_id = await tell(db, await make_person("trainer"), kind="account.reset", secret=True, link="/reset/abc")
    with mail_server() as box:
        await send_all(db, settings, smtp(box.port))
    assert "/reset/abc" in box.mails[0].get_body(("plain",)).get_content()
    assert "List-Unsubscribe" not in box.mails[0]
    found = await notice(db, notice_id)
    assert (found.subject, found.body, found.link) == ("", "", "")


@pytest.mark.parametrize(
    ("kind", "secret", "can_be_refused"),
    [
        ("account.reset", True, False),
        ("account.new_device", False, False),
        ("case.announced", False, False),
        ("application.confirm", True, False),
        ("application.moved", False, True),
        ("payout.sent", False, True),
        ("announcement.written", False, True),
        ("something.new", False, True),
    ],
)
async def test_ordinary_notices_say_how_to_get_no_more_of_them(db, settings, make_person, kind, secret, can_be_refused):
    """In the header and in both bodies; mails that always come do not offer what would not be so."""
    await tell(db, await make_person("trainer"), kind=kind, secret=secret)
    with mail_server() as box:
        await send_all(db, settings, smtp(box.port))
    (mail,) = box.mails
    link = f"{settings.base_url}/mail/off/"
    assert ("List-Unsubscribe" in mail) == ("List-Unsubscribe-Post" in mail) == can_be_refused
    for body in ("plain", "html"):
        text = mail.get_body((body,)).get_content()
        assert (link in text) == can_be_refused
        assert ("No more mails of this kind" in text) == can_be_refused


async def test_a_server_that_is_away_is_tried_again_and_given_up_after_two_days(db, settings, make_person):
    notice_id = await tell(db, await make_person("trainer"))
    nobody = smtp(free_port())
    start = now = utc_now()
    for tries in range(1, 9):
        await send_all(db, settings, nobody, now)
        found = await notice(db, notice_id)
        assert (found.mail_state, found.mail_tries) == ("waiting", tries)
        assert "refused" in found.mail_error.lower()
        now = found.mail_due_at
    assert timedelta(days=2) < now - start < timedelta(days=3)
    await send_all(db, settings, nobody, now)
    assert (await notice(db, notice_id)).mail_state == "failed"


async def test_one_that_is_refused_holds_up_no_other(db, settings, make_person):
    bad, good = await make_person("trainer"), await make_person("trainer")
    bad_id, good_id = await tell(db, bad), await tell(db, good)
    async with db.read() as session:
        address = (await access_person(session, actor=SYSTEM, person_id=bad.person_id)).email
    with mail_server() as box:
        box.answers[address] = "550 nobody lives here"
        await send_all(db, settings, smtp(box.port))
    assert len(box.mails) == 1
    assert (await notice(db, bad_id)).mail_error == "550 nobody lives here"
    assert [(await notice(db, one)).mail_state for one in (bad_id, good_id)] == ["failed", "sent"]


async def test_who_turned_them_off_gets_none_but_what_always_comes(db, settings, make_person):
    person = await make_person("trainer")
    async with db.write() as session:
        await choose_mails(session, actor=person, topics=["pay"])
    ids = [await tell(db, person, kind) for kind in ("work.opened", "payout.sent", "account.changed", "case.opened")]
    states = [(await notice(db, one)).mail_state for one in ids]
    assert states == ["none", "waiting", "waiting", "waiting"]


async def test_the_link_in_a_mail_turns_its_topic_off_with_one_click(db, settings, client, make_person, tmp_path):
    person = await make_person("trainer")
    await tell(db, person)
    await send_all(db, settings, FolderOutbox(tmp_path / "mail"))
    (path,) = (tmp_path / "mail").iterdir()
    from email import message_from_bytes
    from email.policy import default

    link = message_from_bytes(path.read_bytes(), policy=default)["List-Unsubscribe"].strip("<>")
    path = link.removeprefix(settings.base_url)
    page = await client.get(path)
    assert page.status_code == 200
    assert "When work opens for you" in page.text
    client.cookies.clear()
    answer = await client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, answer.text
    assert (await notice(db, await tell(db, person))).mail_state == "none"
    assert (await client.post(path[:-2])).status_code == 404
    assert (await client.get(path[:-2])).status_code == 404


def test_links_of_others_are_not_read(settings):
    signer = refusal_signer(settings)
    assert read_refusal(signer, signer.sign('["a","work"]')).topic == "work"
    assert read_refusal(signer, signer.sign("nonsense")) is None
    assert read_refusal(signer, "nonsense") is None


async def test_an_invitation_is_mailed_and_forgotten(db, settings, make_person):
    manager = await make_person("manager", name="Mira Gold")
    async with db.write() as session:
        secret = await invite(session, actor=manager, email="new@example.org", roles=[Role.TRAINER], now=utc_now())
    with mail_server() as box:
        await send_all(db, settings, smtp(box.port))
    (mail,) = box.mails
    assert mail["To"] == "new@example.org"
    text = mail.get_body(("plain",)).get_content()
    assert "Mira Gold invites you" in text
    assert f"{settings.base_url}/invitation/{secret}" in text
    async with db.read() as session:
        rows = list(await session.scalars(select(Notification)))
    assert [(row.address, row.body, row.link) for row in rows] == [("", "", "")]


async def test_mails_speak_the_language_of_whoever_reads_them(db, settings):
    async with db.write() as session:
        await write_to(session, email="x@example.org", language="es", kind="account.x", text=lambda: HELLO)
    with mail_server() as box:
        await send_all(db, settings, smtp(box.port))
    assert box.mails[0]["Content-Language"] == "es"


@pytest.mark.parametrize(
    ("base", "sender"),
    [
        ("https://p.example.org:8443", "Preceptor <no-reply@p.example.org>"),
        ("http://localhost:8080", "Preceptor <no-reply@localhost.localdomain>"),
    ],
)
def test_senders(settings, base, sender):
    assert mail_sender(msgspec.structs.replace(settings, base_url=base)) == sender
    assert mail_sender(msgspec.structs.replace(settings, mail_from="A <a@b.c>")) == "A <a@b.c>"


def test_the_outbox_is_the_setting(settings):
    assert isinstance(mail_outbox(settings), FolderOutbox)
    assert isinstance(mail_outbox(msgspec.structs.replace(settings, mail_url="smtp://h.org")), SmtpOutbox)


def test_a_wrong_setting_is_named_without_its_password(tmp_path):
    with pytest.raises(msgspec.ValidationError) as error:
        load_settings({"PRECEPTOR_HOME": str(tmp_path), "PRECEPTOR_MAIL_URL": "smtp://a:hush@h.org?starttls=never"})
    assert "mail_url" in str(error.value)
    assert "hush" not in str(error.value)


def test_every_noun_belongs_to_one_topic():
    nouns = [noun for topic in MAIL_TOPICS for noun in topic.nouns]
    assert len(nouns) == len(set(nouns))
    assert topic_of("payout.sent").key == "pay"
    assert topic_of("surprise").key == "other"
    assert next_mail_try(99, utc_now()) is None
