"""Turning mails off by the link at their end, without signing in."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText
from preceptor.lib.signing import Signer
from preceptor.lib.web import Request, page
from preceptor.people import TOPICS, Actor
from preceptor.people.operations import refuse_mails
from preceptor.people.postman import REFUSAL_PATH, RefusalLink, read_refusal


class RefusalPage(msgspec.Struct, frozen=True):
    """Which mails the link turns off, and whether it has."""

    topic: LazyText
    done: bool


def _link(request: Request[Actor], signed: str) -> RefusalLink:
    """What the link says.

    Raises:
        NotFoundError: we did not write it.
    """
    signer: Signer = request.part("refusal_signer")
    link = read_refusal(signer, signed)
    if link is None or link.topic not in TOPICS:
        raise NotFoundError
    return link


@get(f"{REFUSAL_PATH}/{{signed:str}}", name="mails.off")
async def show_refusal(request: Request[Actor], signed: FromPath[str]) -> Response[str]:
    """Which mails would be turned off, and a button: programs that look at links must not press it."""
    view = RefusalPage(TOPICS[_link(request, signed).topic].label, done=False)
    return page(request, "web/public/mails.html", view)


@post(f"{REFUSAL_PATH}/{{signed:str}}", name="mails.off.post", status_code=200)
async def refuse(request: Request[Actor], signed: FromPath[str]) -> Response[str]:
    """Turn them off: by the button, or by the reader's mail program with one click (RFC 8058)."""
    link = _link(request, signed)
    async with request.db.write() as session:
        await refuse_mails(session, person_id=UUID(link.person), topic=link.topic)
    return page(request, "web/public/mails.html", RefusalPage(TOPICS[link.topic].label, done=True))


handlers: list[Any] = [show_refusal, refuse]
