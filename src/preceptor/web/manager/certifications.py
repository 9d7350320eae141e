"""Certifications: what there is, who holds one, certifying people by hand and taking certificates back."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

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
    ExamLink,
    UnlockedProject,
    access_certification,
    exams_for,
    list_certifications,
    list_holders,
    projects_asking,
)
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.people.queries import PersonView, list_people
from preceptor.projects import Purpose
from preceptor.projects.queries import list_projects
from preceptor.web.filled import Filled, problems_of
from preceptor.web.manager.people_tabs import Tab, people_tabs

FOUND_AT_MOST = 12


class CertificationFields(msgspec.Struct, frozen=True):
    """What a certification says of itself. `needs`: others to hold first, each as `id:level`."""

    name: str
    description: str = ""
    language: str = ""
    skill: str = ""
    valid_days: int | None = None
    needs: list[str] = []


class GrantFields(msgspec.Struct, frozen=True):
    """Who is certified, at which level, and why."""

    person_id: UUID
    level: int
    reason: str = ""


class RevokeFields(msgspec.Struct, frozen=True):
    """Why a certificate is taken back."""

    reason: str = ""


class NeedFields(msgspec.Struct, frozen=True):
    """A project that is to ask for it, and the level; 0 for not any more."""

    project: str
    level: int = 1


class CertificationsPage(msgspec.Struct, frozen=True):
    """All certifications, and the form of a new one."""

    rows: list[CertificationView]
    form: Filled
    may_write: bool
    tabs: list[Tab]


class CertificationPage(msgspec.Struct, frozen=True):
    """One certification with everybody who has a certificate of it."""

    one: CertificationView
    others: list[CertificationView]
    names: dict[UUID, str]
    holders: list[CertificateView]
    exams: list[ExamLink]
    asking: list[UnlockedProject]
    projects: list[tuple[str, str]]
    """Projects that could ask for it."""
    found: list[PersonView]
    search: str
    form: Filled
    may_grant: bool
    may_write: bool


def _needs(given: list[str]) -> list[CertificationNeed]:
    found = []
    for one in given:
        key, _colon, level = one.partition(":")
        try:
            found.append(CertificationNeed(UUID(key), int(level or 1)))
        except ValueError as error:
            raise InvalidError from error
    return found


@get("/people/certifications", name="people.certifications")
async def show_all(request: Request[Actor]) -> Response[str]:
    """All certifications."""
    return await _all(request, Filled({}))


async def _all(request: Request[Actor], form: Filled, *, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.CERTIFICATION_READ)
    async with request.db.read() as session:
        rows = await list_certifications(session, actor=actor, now=request.now)
    view = CertificationsPage(rows, form, actor.may(Permission.CERTIFICATION_WRITE), people_tabs(actor))
    return page(request, "web/manager/certifications.html", view, status=status)


@post("/people/certifications", name="people.certifications.add")
async def do_add(request: Request[Actor]) -> Response[str]:
    """Make a certification."""
    raw = await request.form()
    try:
        fields = parse_form(raw, CertificationFields)
        async with request.db.write() as session:
            made = await add_certification(
                session,
                actor=request.actor,
                name=fields.name,
                description=fields.description,
                language=fields.language,
                skill=fields.skill,
                valid_days=fields.valid_days,
                prerequisites=_needs(fields.needs),
            )
    except (InvalidError, ConflictError) as error:
        return await _all(request, Filled(dict(raw), problems_of(error)), status=error.status)
    return redirect(request, f"/people/certifications/{made}", said=_("The certification is there."))


@get("/people/certifications/{certification_id:uuid}", name="people.certification")
async def show_one(request: Request[Actor], certification_id: FromPath[UUID], q: FromQuery[str] = "") -> Response[str]:
    """One certification; with `q`, also people of that name who can be certified."""
    return await _one(request, certification_id, search=q)


async def _one(
    request: Request[Actor],
    certification_id: UUID,
    *,
    search: str = "",
    form: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    actor, now = request.actor, request.now
    actor.require(Permission.CERTIFICATION_READ)
    async with request.db.read() as session:
        one = await access_certification(session, actor=actor, certification_id=certification_id, now=now)
        every = await list_certifications(session, actor=actor, now=now)
        found = (await list_people(session, actor=actor, search=search.strip())).rows if search.strip() else []
        view = CertificationPage(
            one=one,
            others=[other for other in every if other.id != certification_id],
            names={other.id: other.name for other in every},
            holders=await list_holders(session, actor=actor, certification_id=certification_id, now=now),
            exams=await exams_for(session, actor=actor, certification_ids=[certification_id]),
            asking=[
                project
                for project in await projects_asking(session, actor=actor)
                if project.certification_id == certification_id
            ],
            projects=[
                (project.slug, project.title)
                for project in (await list_projects(session, actor=actor)).rows
                if project.purpose is not Purpose.EXAM
            ],
            found=[person for person in found if person.state == "active"][:FOUND_AT_MOST],
            search=search,
            form=form or Filled(_values(one)),
            may_grant=actor.may(Permission.CERTIFICATION_GRANT),
            may_write=actor.may(Permission.CERTIFICATION_WRITE),
        )
    return page(request, "web/manager/certification.html", view, status=status)


def _values(one: CertificationView) -> dict[str, Any]:
    names = ("name", "description", "language", "skill", "valid_days")
    return {name: getattr(one, name) for name in names} | {
        "needs": [f"{need.certification_id}:{need.level}" for need in one.prerequisites]
    }


@post("/people/certifications/{certification_id:uuid}", name="people.certification.change")
async def do_change(request: Request[Actor], certification_id: FromPath[UUID]) -> Response[str]:
    """Change what it says of itself."""
    raw = await request.form()
    try:
        fields = parse_form(raw, CertificationFields)
        async with request.db.write() as session:
            await change_certification(
                session,
                actor=request.actor,
                certification_id=certification_id,
                name=fields.name,
                description=fields.description,
                language=fields.language,
                skill=fields.skill,
                valid_days=fields.valid_days,
                prerequisites=_needs(fields.needs),
            )
    except (InvalidError, ConflictError) as error:
        values = dict(raw) | {"needs": raw.getall("needs", [])}
        form = Filled(values, problems_of(error))
        return await _one(request, certification_id, form=form, status=error.status)
    return redirect(request, f"/people/certifications/{certification_id}", said=_("Saved."))


@post("/people/certifications/{certification_id:uuid}/grant", name="people.certification.grant")
async def do_grant(request: Request[Actor], certification_id: FromPath[UUID]) -> Response[str]:
    """Certify a person by hand."""
    here = f"/people/certifications/{certification_id}"
    try:
        fields = parse_form(await request.form(), GrantFields)
        async with request.db.write() as session:
            await grant_certification(
                session,
                actor=request.actor,
                certification_id=certification_id,
                person_id=fields.person_id,
                level=fields.level,
                reason=fields.reason,
                now=request.now,
            )
    except InvalidError as error:
        return redirect(request, here, said=problems_of(error)[0].message, kind="warn")
    return redirect(request, here, said=_("They are certified, and are told so."))


@post("/people/certificates/{certificate_id:uuid}/revoke", name="people.certificate.revoke")
async def do_revoke(request: Request[Actor], certificate_id: FromPath[UUID], to: FromQuery[str] = "") -> Response[str]:
    """Take a certificate back."""
    here = f"/people/certifications/{to}" if to else "/people/certifications"
    try:
        fields = parse_form(await request.form(), RevokeFields)
        async with request.db.write() as session:
            await revoke_certificate(
                session, actor=request.actor, certificate_id=certificate_id, reason=fields.reason, now=request.now
            )
    except (InvalidError, ConflictError) as error:
        return redirect(request, here, said=problems_of(error)[0].message, kind="warn")
    return redirect(request, here, said=_("The certificate is revoked. Its person is told why."))


@post("/people/certifications/{certification_id:uuid}/need", name="people.certification.need")
async def do_need(request: Request[Actor], certification_id: FromPath[UUID]) -> Response[str]:
    """Have a project ask for it, or not any more."""
    here = f"/people/certifications/{certification_id}"
    try:
        fields = parse_form(await request.form(), NeedFields)
        need = CertificationNeed(certification_id, fields.level) if fields.level else None
        async with request.db.write() as session:
            await set_project_need(session, actor=request.actor, slug=fields.project, need=need)
    except InvalidError as error:
        return redirect(request, here, said=problems_of(error)[0].message, kind="warn")
    return redirect(request, here, said=_("Saved. It holds for work that is taken from now on."))


handlers: list[Any] = [show_all, do_add, show_one, do_change, do_grant, do_revoke, do_need]
