"""What somebody is certified for, until when, what it unlocks, and the exams they can sit."""

from typing import Any

import msgspec
from litestar import Response, get

from preceptor.hiring.queries import (
    CertificateView,
    CertificationView,
    ExamLink,
    UnlockedProject,
    exams_for,
    list_certifications,
    my_certificates,
    projects_asking,
)
from preceptor.lib.web import Request, page
from preceptor.people import Actor


class HeldCard(msgspec.Struct, frozen=True):
    """A certificate that counts, what it unlocks at its level, and the exam that renews or raises it."""

    certificate: CertificateView
    unlocks: list[UnlockedProject]
    exam: ExamLink | None


class ExamCard(msgspec.Struct, frozen=True):
    """An exam that can be sat, and what it certifies for."""

    exam: ExamLink
    certification: CertificationView
    unlocks: list[UnlockedProject]


class CertificationsPage(msgspec.Struct, frozen=True):
    """My certifications."""

    held: list[HeldCard]
    past: list[CertificateView]
    exams: list[ExamCard]


@get("/certifications", name="certifications")
async def show_mine(request: Request[Actor]) -> Response[str]:
    """What one holds, and what one can get."""
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        certificates = await my_certificates(session, actor=actor, now=now)
        known = {one.id: one for one in await list_certifications(session, actor=actor, now=now)}
        exams = await exams_for(session, actor=actor)
        asking = await projects_asking(session, actor=actor)
    by_certification = {one.certification_id: one for one in reversed(exams)}
    best: dict[object, CertificateView] = {}
    for one in certificates:
        held = best.get(one.certification_id)
        if one.state.value == "valid" and (held is None or one.level > held.level):
            best[one.certification_id] = one
    cards = [
        HeldCard(
            certificate=one,
            unlocks=[
                project
                for project in asking
                if project.certification_id == one.certification_id and project.level <= one.level
            ],
            exam=by_certification.get(one.certification_id),
        )
        for one in best.values()
    ]
    view = CertificationsPage(
        held=sorted(cards, key=lambda card: card.certificate.name.casefold()),
        past=[one for one in certificates if one is not best.get(one.certification_id)],
        exams=[
            ExamCard(
                exam=exam,
                certification=known[exam.certification_id],
                unlocks=[one for one in asking if one.certification_id == exam.certification_id],
            )
            for exam in exams
        ],
    )
    return page(request, "web/trainer/certifications.html", view)


handlers: list[Any] = [show_mine]
