"""What tests of signing in share: forms, an app that shows codes, and mails."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pyotp

from preceptor.lib.clock import utc_now
from preceptor.lib.mail import FolderOutbox
from preceptor.people import SYSTEM
from preceptor.people.postman import Postman
from preceptor.people.queries import access_person
from tests.conftest import PASSWORD


async def email_of(db, actor) -> str:
    async with db.read() as session:
        return (await access_person(session, actor=SYSTEM, person_id=actor.person_id)).email


async def mails(db, settings) -> list[EmailMessage]:
    """Every mail that was sent so far, oldest first, by way of the folder."""
    await Postman(db, outbox=FolderOutbox(settings.home / "mail"), settings=settings).send_due(
        now=utc_now() + timedelta(seconds=5)
    )
    paths = sorted((settings.home / "mail").glob("*.eml")) if (settings.home / "mail").exists() else []
    return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def link_in(mail: EmailMessage, settings) -> str:
    """The path that a mail leads to."""
    return re.search(rf"^{re.escape(settings.base_url)}(/\S+)\s*$", text_of(mail), re.MULTILINE)[1]


def plain(text: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r'nonce="[^"]*"', "", text)


async def post(client, path, **form):
    if "csrftoken" not in client.cookies:
        await client.get("/sign-in")
    return await client.post(path, data={**form, "csrf_token": client.cookies["csrftoken"]})


async def password_step(client, email, password=PASSWORD):
    """Type address and password."""
    return await post(client, "/sign-in", email=email, password=password)


class App:
    """An app on a phone that was shown the key. Each code it gives is a new one."""

    def __init__(self, secret: str) -> None:
        self._totp, self._step = pyotp.TOTP(secret), int(utc_now().timestamp()) // 30 - 1

    def code(self) -> str:
        """The next code: of the step before this one, then of this one, then of the next."""
        code = self._totp.generate_otp(self._step)
        self._step += 1
        return code


async def set_up_app(client) -> tuple[App, list[str]]:
    """Set up an app, as a browser would. Answers it, and the recovery codes."""
    begun = await post(client, "/account/second-factor/app/begin")
    page = await client.get(begun.headers["location"])
    assert page.status_code == 200, page.text
    app = App(re.search(r"<code tabindex=\"0\">([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", ""))
    done = await post(client, "/account/second-factor/app", code=app.code())
    assert done.status_code == 200, done.text
    return app, re.findall(r"<code>([a-z0-9-]{19})</code>", done.text)
