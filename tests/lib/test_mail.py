"""Letters and their ways out: what stands in headers, what a real server takes, and what is never said in the clear."""

import ssl
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.mail import (
    BadAddressError,
    BadMailUrlError,
    FolderOutbox,
    Letter,
    MailRefusedError,
    MailServer,
    SmtpOutbox,
    letter_message,
    parse_mail_url,
)
from preceptor.lib.mail.outboxes import MailServerGoneError
from tests.lib.mail_server import PASSWORD, USER, free_port, mail_server
from tests.lib.receiver import certificate

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SENDER = "Preceptor <preceptor@example.org>"


def written(**changed):
    values = {"to": "ana@example.org", "subject": "Hello", "body": "One.\n\nTwo.", "where": "https://p.example.org"}
    return letter_message(Letter(**(values | changed)), sender=SENDER, message_id="notice.1", now=NOW)


def read(message):
    return message_from_bytes(message.as_bytes(), policy=default)


def test_letters_say_who_they_are():
    message = read(
        written(name="Ana <b>", link="https://p.example.org/x?a=1&b=2", unsubscribe="https://p.example.org/off")
    )
    assert message["Message-ID"] == "<notice.1@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message["List-Unsubscribe"] == "<https://p.example.org/off>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert "Hello Ana <b>," in text
    assert "\nhttps://p.example.org/x?a=1&b=2\n" in text.replace("\r\n", "\n")
    html = message.get_body(("html",)).get_content()
    assert "Hello Ana &lt;b&gt;," in html
    assert "https://p.example.org/x?a=1&amp;b=2" in html


def test_what_cannot_be_turned_off_has_no_such_header():
    assert written()["List-Unsubscribe"] is None


@given(st.text(), st.text(), st.text())
def test_nothing_in_a_letter_becomes_a_header_or_a_recipient(subject, body, name):
    message = read(written(subject=subject, body=body, name=name))
    assert message["To"] == "ana@example.org"
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
        "Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize(
    "subject", ["Hi\r\nBcc: eve@example.org", "Hi\nBcc: eve@example.org", "Hi\x00\x0b\u2028Bcc: e"]
)
def test_line_breaks_in_a_subject_are_blanks(subject):
    message = read(written(subject=subject))
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Hi Bcc: e")


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "a@b.c, eve@example.org", "a@b.c\r\nBcc: eve@example.org", "Ana <a@b.c>", "a b@c.d"]
)
def test_only_one_plain_address_is_taken(address):
    with pytest.raises(BadAddressError):
        written(to=address)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer(host="mail.example.org", port=587, encrypted=False, starttls=True)),
        ("smtps://mail.example.org", MailServer(host="mail.example.org", port=465, encrypted=True, starttls=False)),
        ("smtp://relay:25?starttls=never", MailServer(host="relay", port=25, encrypted=False, starttls=False)),
        ("smtp://127.0.0.1:2525", MailServer(host="127.0.0.1", port=2525, encrypted=False, starttls=False)),
        (
            "smtp://a%40b:p%3Aw%2F@h.org:2525",
            MailServer(host="h.org", port=2525, encrypted=False, starttls=True, user="a@b", password="p:w/"),
        ),
    ],
)
def test_addresses_of_servers(url, server):
    assert parse_mail_url(url) == server


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.org", "http://h", "smtp://", "smtp://h:99999", "smtp://h/x", "smtp://h?tls=no", "smtp://h#x"],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(BadMailUrlError):
        parse_mail_url(url)


def test_no_password_without_tls_and_none_in_messages():
    with pytest.raises(BadMailUrlError) as error:
        parse_mail_url("smtp://me:hush-hush@h.org?starttls=never")
    assert "hush" not in str(error.value)
    assert "hush" not in repr(parse_mail_url("smtp://me:hush-hush@h.org"))


def test_files_are_written_whole_and_for_the_owner_alone(tmp_path, capsys):
    outbox = FolderOutbox(tmp_path / "mail", aloud=True)
    with outbox.open() as carrier:
        carrier.carry(written(subject="Grüße", link="https://p.example.org/reset/1"))
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "notice.1.eml"
    assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0
    assert message_from_bytes(path.read_bytes(), policy=default)["Subject"] == "Grüße"
    assert "https://p.example.org/reset/1" in capsys.readouterr().err


def test_only_a_demo_prints_mails(tmp_path, capsys):
    with FolderOutbox(tmp_path).open() as carrier:
        carrier.carry(written(body="a secret link"))
    assert "a secret link" not in "".join(capsys.readouterr())


def plain(port: int, **options) -> MailServer:
    return MailServer(host="localhost", port=port, encrypted=False, starttls=False, **options)


def test_a_server_takes_a_letter():
    with mail_server() as box, SmtpOutbox(plain(box.port)).open() as carrier:
        carrier.carry(written(subject="Grüße aus Köln"))
        carrier.carry(written(to="leo@example.org"))
    assert [mail["To"] for mail in box.mails] == ["ana@example.org", "leo@example.org"]
    assert box.mails[0]["Subject"] == "Grüße aus Köln"


@pytest.mark.parametrize(("answer", "for_good"), [("550 no such mailbox", True), ("451 try later", False)])
def test_what_a_server_refuses(answer, for_good):
    with mail_server() as box, SmtpOutbox(plain(box.port)).open() as carrier:
        box.answers["ana@example.org"] = answer
        with pytest.raises(MailRefusedError) as refused:
            carrier.carry(written())
        assert (refused.value.reason, refused.value.for_good) == (answer, for_good)
        carrier.carry(written(to="leo@example.org"))
    assert len(box.mails) == 1


def test_nobody_answers():
    with pytest.raises(MailServerGoneError), SmtpOutbox(plain(free_port())).open():
        pass


@pytest.mark.parametrize("starttls", [True, False], ids=["starttls", "smtps"])
def test_tls_and_password(tmp_path, starttls):
    own, trust = certificate(tmp_path, "localhost")
    with mail_server(tls=own, starttls=starttls, password=True) as box:
        server = MailServer(
            host="localhost", port=box.port, encrypted=not starttls, starttls=starttls, user=USER, password=PASSWORD
        )
        with SmtpOutbox(server, trust=trust).open() as carrier:
            carrier.carry(written())
        assert box.encrypted == [True]
        with pytest.raises(MailServerGoneError), SmtpOutbox(server).open():  # nobody we trust signed it
            pass


def test_without_starttls_nothing_is_said():
    with mail_server() as box:
        server = MailServer(host="localhost", port=box.port, encrypted=False, starttls=True)
        with pytest.raises(MailServerGoneError), SmtpOutbox(server, trust=ssl.create_default_context()).open():
            pass
        assert box.mails == []


def test_a_wrong_password_stands_in_no_message(tmp_path):
    own, trust = certificate(tmp_path, "localhost")
    with mail_server(tls=own, password=True) as box:
        server = MailServer(
            host="localhost", port=box.port, encrypted=False, starttls=True, user=USER, password="hush-hush"
        )
        with pytest.raises(MailServerGoneError) as gone, SmtpOutbox(server, trust=trust).open():
            pass
    assert "hush" not in f"{gone.value} {gone.value.__cause__}"
