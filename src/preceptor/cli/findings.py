"""What checks of an installation find, and those of mail and signing in."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from preceptor.lib.mail import SmtpOutbox, parse_mail_url
from preceptor.lib.mail.outboxes import MailServerGoneError
from preceptor.lib.settings import Settings


@dataclass(frozen=True)
class Finding:
    """What one check found. `advice` is empty when all is well."""

    name: str
    text: str
    advice: str = ""
    fatal: bool = True


def mail_server(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server answers and lets us in."""
    if not settings.mail_url:
        advice = "" if settings.demo else "Nobody gets mail. Set PRECEPTOR_MAIL_URL for real work."
        yield Finding("mail", f"written into {settings.home / 'mail'}", advice, fatal=False)
        return
    server = parse_mail_url(settings.mail_url)
    where = f"{server.host}:{server.port}"
    try:
        with SmtpOutbox(server, seconds=10).open():
            yield Finding("mail", f"{where} answers")
    except MailServerGoneError as error:
        yield Finding("mail", f"{where}: {error.__cause__}", "See PRECEPTOR_MAIL_URL: host, port, user, password, TLS.")
    if not settings.mail_from:
        yield Finding(
            "mail", "PRECEPTOR_MAIL_FROM is not set", "Many servers take mail from known senders alone.", fatal=False
        )


def required_roles(settings: Settings) -> Iterator[Finding]:
    """Whether the roles that need a second factor can be read."""
    from preceptor.people import BadRolesError, parse_roles  # noqa: PLC0415 (brings tables along)

    try:
        roles = parse_roles(settings.second_factor_required)
    except BadRolesError as error:
        yield Finding("second step", str(error), "See PRECEPTOR_SECOND_FACTOR_REQUIRED.")
    else:
        yield Finding("second step", f"needed by {', '.join(sorted(roles))}" if roles else "up to everybody")


def sign_in_rows(settings: Settings) -> Iterator[Finding]:
    """What the database knows of mails that did not go out, and whether identity providers answer."""
    yield from asyncio.run(_rows(settings))


async def _rows(settings: Settings) -> list[Finding]:
    from preceptor.lib.db import Database  # noqa: PLC0415 (likewise)
    from preceptor.people import SYSTEM  # noqa: PLC0415
    from preceptor.people.keys import provider_sealer  # noqa: PLC0415
    from preceptor.people.oidc import Identities, ProviderGoneError  # noqa: PLC0415
    from preceptor.people.queries import list_providers, mail_backlog  # noqa: PLC0415

    found = []
    db = Database(settings.database_url, pool_size=1, label="preceptor-doctor")
    identities = Identities(provider_sealer(settings))
    try:
        async with db.read() as session:
            backlog = await mail_backlog(session, now=datetime.now(UTC))
            providers = await list_providers(session, actor=SYSTEM)
        if backlog.late:
            text = f"{backlog.late} waiting for more than an hour: {backlog.reason}"
            found.append(Finding("mails", text, "Is the worker running, and does the mail server answer?", fatal=False))
        if backlog.failed:
            text = f"{backlog.failed} given up in the last seven days"
            found.append(Finding("mails", text, "See people.mail_failed in the audit trail.", fatal=False))
        for provider in [one for one in providers if one.settings.is_on]:
            try:
                await identities.metadata(provider.settings.issuer)
                found.append(Finding("sign-in", f"{provider.settings.name} answers"))
            except ProviderGoneError as error:
                text = f"{provider.settings.name}: {error.__cause__ or error.detail or 'does not answer'}"
                found.append(Finding("sign-in", text, f"See its issuer, {provider.settings.issuer}."))
    finally:
        await identities.close()
        await db.close()
    return found
