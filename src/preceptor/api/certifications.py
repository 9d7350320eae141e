"""Certifications, who holds them, and what projects ask for."""

from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from preceptor.hiring import CertificationNeed
from preceptor.hiring.operations import (
    add_certification,
    change_certification,
    grant_certification,
    revoke_certificate,
    set_project_need,
)
from preceptor.hiring.queries import (
    CertificateView,
    CertificationView,
    access_certification,
    list_certifications,
    list_holders,
    my_certificates,
)
from preceptor.lib.web import Request
from preceptor.people import Actor


class CertificationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a certification says of itself. `valid_days` null: a certificate is valid for good."""

    name: str
    description: str = ""
    language: str = ""
    skill: str = ""
    valid_days: int | None = None
    prerequisites: list[CertificationNeed] = []


class GrantBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is certified, at which level (1 to 5), and why; they read it."""

    person_id: UUID
    level: int
    reason: str


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; the person concerned reads it."""

    reason: str


class NeedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a project asks of those who take its work; null for nothing."""

    certification: CertificationNeed | None = None


class MadeOne(msgspec.Struct, frozen=True):
    """What was just made."""

    id: UUID


class CertificationRows(msgspec.Struct, frozen=True):
    """All certifications, by name."""

    certifications: list[CertificationView]


class CertificateRows(msgspec.Struct, frozen=True):
    """Certificates, the newest first."""

    certificates: list[CertificateView]


@get("/certifications", summary="Certifications")
async def show_certifications(request: Request[Actor]) -> CertificationRows:
    """All there are. `holders` is null for those who may not know how many people hold one."""
    async with request.db.read() as session:
        return CertificationRows(await list_certifications(session, actor=request.actor, now=request.now))


@post("/certifications", summary="Make a certification")
async def make_certification(request: Request[Actor], data: JSONBody[CertificationBody]) -> MadeOne:
    """Something people can be certified for, at levels 1 to 5."""
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    async with request.db.write() as session:
        return MadeOne(await add_certification(session, actor=request.actor, **values))


@get("/certifications/{certification_id:uuid}", summary="A certification")
async def show_certification(request: Request[Actor], certification_id: FromPath[UUID]) -> CertificationView:
    """One of them."""
    async with request.db.read() as session:
        return await access_certification(
            session, actor=request.actor, certification_id=certification_id, now=request.now
        )


@put("/certifications/{certification_id:uuid}", summary="Change a certification", status_code=204)
async def replace_certification(
    request: Request[Actor], certification_id: FromPath[UUID], data: JSONBody[CertificationBody]
) -> None:
    """What it says of itself, as a whole. Certificates that were given keep their end."""
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    async with request.db.write() as session:
        await change_certification(session, actor=request.actor, certification_id=certification_id, **values)


@get("/certifications/{certification_id:uuid}/certificates", summary="Who holds a certification")
async def show_holders(request: Request[Actor], certification_id: FromPath[UUID]) -> CertificateRows:
    """Every certificate of it, whatever its state."""
    async with request.db.read() as session:
        found = await list_holders(session, actor=request.actor, certification_id=certification_id, now=request.now)
    return CertificateRows(found)


@post("/certifications/{certification_id:uuid}/certificates", summary="Certify a person by hand")
async def grant(request: Request[Actor], certification_id: FromPath[UUID], data: JSONBody[GrantBody]) -> MadeOne:
    """Whatever exams and prerequisites say. They are told, with your reason."""
    async with request.db.write() as session:
        made = await grant_certification(
            session,
            actor=request.actor,
            certification_id=certification_id,
            person_id=data.person_id,
            level=data.level,
            reason=data.reason,
            now=request.now,
        )
    return MadeOne(made)


@post("/certificates/{certificate_id:uuid}/revoke", summary="Revoke a certificate", status_code=204)
async def revoke(request: Request[Actor], certificate_id: FromPath[UUID], data: JSONBody[ReasonBody]) -> None:
    """It counts no more; its person is told why."""
    async with request.db.write() as session:
        await revoke_certificate(
            session, actor=request.actor, certificate_id=certificate_id, reason=data.reason, now=request.now
        )


@get("/certificates", summary="My certificates")
async def show_mine(request: Request[Actor]) -> CertificateRows:
    """One's own, whatever their state."""
    async with request.db.read() as session:
        return CertificateRows(await my_certificates(session, actor=request.actor, now=request.now))


@put("/projects/{slug:str}/need", summary="Ask for a certification", status_code=204)
async def replace_need(request: Request[Actor], slug: FromPath[str], data: JSONBody[NeedBody]) -> None:
    """Of whoever takes work of the project from now on."""
    async with request.db.write() as session:
        await set_project_need(session, actor=request.actor, slug=slug, need=data.certification)


handlers = [
    show_certifications,
    make_certification,
    show_certification,
    replace_certification,
    show_holders,
    grant,
    revoke,
    show_mine,
    replace_need,
]
