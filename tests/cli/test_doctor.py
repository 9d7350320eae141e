import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.heartbeats import beat
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM, ProviderSettings
from preceptor.people.keys import provider_sealer
from preceptor.people.operations import Told, save_provider, write_to
from preceptor.people.operations.mails import note_failed, take_mails
from preceptor.people.tables import Notification
from tests.lib.mail_server import PASSWORD, USER, free_port, mail_server
from tests.people.test_providers import issuer

__all__ = ["issuer"]


async def tell_alive(url):
    db = Database(url, pool_size=1)
    async with db.write() as session:
        await beat(session, name="worker", now=utc_now())
    await db.close()


def test_all_is_well(run, tmp_path, database_url):
    (tmp_path / "home").mkdir()
    asyncio.run(tell_alive(database_url))
    result = run("doctor")
    assert result.exit_code == 0, result.output
    for line in ("✓ python", "✓ database     PostgreSQL 18", "✓ tables       up to date", "✓ worker       alive"):
        assert line in result.output


def test_an_empty_database_wants_an_upgrade(run, empty_database):
    result = run("doctor", DATABASE_URL=empty_database)
    assert result.exit_code == 1
    assert "→ preceptor db upgrade" in result.output


def test_a_database_that_is_away_is_told_with_advice(run):
    result = run("doctor", DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "✗ database" in result.output
    assert "DATABASE_URL" in result.output
    assert "hunter2" not in result.output


def test_a_secret_that_others_can_read_is_a_fault(run, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secret.key").write_text("x")
    (tmp_path / "home" / "secret.key").chmod(0o644)
    result = run("doctor")
    assert result.exit_code == 1
    assert "chmod 600" in result.output


def test_before_the_first_start_it_says_what_to_do(run, tmp_path):
    result = run("doctor", DATABASE_URL="")
    assert result.exit_code == 0, result.output
    assert "preceptor demo" in result.output
    assert not (tmp_path / "home").exists(), "looking must not make anything"


def test_without_a_mail_server_it_says_where_mails_are(run, tmp_path):
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert f"! mail         written into {tmp_path / 'home' / 'mail'}" in result.output
    assert "→ Nobody gets mail. Set PRECEPTOR_MAIL_URL" in result.output


def test_a_mail_server_that_lets_us_in_is_well(run):
    with mail_server(password=True, starttls=False) as box:
        url = f"smtp://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{box.port}"
        result = run("doctor", PRECEPTOR_MAIL_URL=url, PRECEPTOR_MAIL_FROM="Preceptor <preceptor@example.org>")
        assert result.exit_code == 0, result.output
        assert f"✓ mail         127.0.0.1:{box.port} answers" in result.output
        assert "MAIL_FROM" not in result.output
        result = run("doctor", PRECEPTOR_MAIL_URL=url)
        assert (result.exit_code, "! mail         PRECEPTOR_MAIL_FROM is not set" in result.output) == (0, True)
        assert not box.mails, "looking sends nothing"
        result = run("doctor", PRECEPTOR_MAIL_URL=url.replace("very", "wrong"))
    assert result.exit_code == 1
    assert f"✗ mail         127.0.0.1:{box.port}:" in result.output
    assert "→ See PRECEPTOR_MAIL_URL: host, port, user, password, TLS." in result.output
    assert "wrong" not in result.output.partition("✗ mail")[2].partition("→")[0], "no password is shown"


def test_a_mail_server_that_is_away_is_a_fault(run):
    result = run("doctor", PRECEPTOR_MAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    assert "✗ mail" in result.output
    assert "→ See PRECEPTOR_MAIL_URL" in result.output


def test_mails_that_do_not_go_out_are_counted_with_the_reason(run, database_url):
    async def fill():
        db = Database(database_url, pool_size=1)
        now = utc_now()
        async with db.write() as session:
            for number in range(3):
                await write_to(
                    session,
                    email=f"somebody-{number}@example.org",
                    kind="account.reset",
                    text=lambda: Told("A subject", "A text."),
                )
            await session.execute(update(Notification).values(created_at=now - timedelta(hours=2)))
        async with db.write() as session:
            first, second, _third = await take_mails(session, now=utc_now() + timedelta(seconds=5), limit=9)
            await note_failed(session, mail=first, reason="550 no such mailbox", for_good=True, now=now)
            await note_failed(session, mail=second, reason="451 try later", for_good=False, now=now)
        await db.close()

    asyncio.run(fill())
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "! mails        2 waiting for more than an hour: 451 try later" in result.output
    assert "→ Is the worker running, and does the mail server answer?" in result.output
    assert "! mails        1 given up in the last seven days" in result.output


def set_up(database_url, home, **changed):
    async def save():
        db = Database(database_url, pool_size=1)
        fields = {"slug": "lab", "name": "Aurora Lab", "issuer": "https://login.example.org", "client_id": "x"}
        async with db.write() as session:
            await save_provider(
                session,
                actor=SYSTEM,
                settings=ProviderSettings(**(fields | changed)),
                secret="a secret",
                sealer=provider_sealer(Settings(home=home, secret_key="a secret for tests")),
            )
        await db.close()

    asyncio.run(save())


def test_a_provider_that_answers_is_well(run, tmp_path, database_url, issuer):
    set_up(database_url, tmp_path, issuer=issuer)
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "✓ sign-in      Aurora Lab answers" in result.output


@pytest.mark.parametrize("is_on", [True, False])
def test_a_provider_that_is_away_is_a_fault_unless_it_is_switched_off(run, tmp_path, database_url, is_on):
    where = f"http://127.0.0.1:{free_port()}"
    set_up(database_url, tmp_path, issuer=where, is_on=is_on)
    result = run("doctor")
    assert result.exit_code == int(is_on), result.output
    assert ("✗ sign-in      Aurora Lab:" in result.output) == is_on
    assert (f"→ See its issuer, {where}." in result.output) == is_on


def test_roles_that_are_none_are_a_fault(run):
    result = run("doctor", PRECEPTOR_SECOND_FACTOR_REQUIRED="manager,king")
    assert result.exit_code == 1
    assert "→ See PRECEPTOR_SECOND_FACTOR_REQUIRED." in result.output
    result = run("doctor", PRECEPTOR_SECOND_FACTOR_REQUIRED="operator,manager")
    assert "✓ second step  needed by manager, operator" in result.output
