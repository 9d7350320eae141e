"""One's own past work: the list, each task as it was, and correcting what was handed in."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, redirect
from preceptor.people import Actor
from preceptor.quality.queries import ReviewResult, latest_results, reviews_of_assignment
from preceptor.quality.queries.disputes import DisputeView, dispute_of
from preceptor.web.wellbeing import WellbeingData, wellbeing_of
from preceptor.work.desk import Desk
from preceptor.work.queries.cap_claims import ClaimView, claimable_ms, my_claims
from preceptor.work.queries.submissions import MyWorkEntry, Revision, SubmissionDetail, access_submission, my_work

TONES = {"accepted": "good", "returned": "warn", "rejected": "bad"}
VERDICT_TONES = {"accept": "good", "correct": "good", "return": "warn", "reject": "bad"}


class MyWorkRow(msgspec.Struct, frozen=True):
    """One line of the list, with the last verdict."""

    entry: MyWorkEntry
    review: ReviewResult | None

    @property
    def tone(self) -> str:
        """How the state looks."""
        return TONES.get(self.entry.state, "")


class MyWorkPage(msgspec.Struct, frozen=True):
    """The list."""

    rows: list[MyWorkRow]
    next_cursor: str | None
    paged: bool


class Widget(msgspec.Struct, frozen=True):
    """A kind's widget on a page: the module's name, the built file, and what the widget is handed."""

    module: str
    file: str
    data: dict[str, Any]


class SubmissionPage(msgspec.Struct, frozen=True):
    """One task as it was. `shown`: the revision on view; None where only a draft, or nothing, is left."""

    detail: SubmissionDetail
    reviews: list[ReviewResult]
    shown: Revision | None
    widget: Widget | None
    tone: str
    tones: dict[str, str]
    claims: list[ClaimView]
    claimable_ms: int
    dispute: DisputeView | None
    contestable: bool


class CorrectionPage(msgspec.Struct, frozen=True):
    """Correcting an answer."""

    detail: SubmissionDetail
    widget: Widget
    problems: list[tuple[str, LazyText]]


@get("/my-work", name="my_work")
async def show_my_work(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Response[str]:
    """What one has done, the task taken last first."""
    actor = request.actor
    async with request.db.read() as session:
        found = await my_work(session, actor=actor, cursor=cursor)
        said = await latest_results(session, actor=actor, assignment_ids=[row.assignment_id for row in found.rows])
    view = MyWorkPage(
        rows=[MyWorkRow(entry, said.get(entry.assignment_id)) for entry in found.rows],
        next_cursor=found.next_cursor,
        paged=cursor is not None,
    )
    return page(request, "web/trainer/my_work.html", view)


@get("/my-work/{assignment_id:uuid}", name="my_work.task")
async def show_task(
    request: Request[Actor], assignment_id: FromPath[UUID], revision: FromQuery[int | None] = None
) -> Response[str]:
    """One of one's own tasks: what was shown and answered, what was said about it, what it earned."""
    async with request.db.read() as session:
        detail = await access_submission(session, actor=request.actor, assignment_id=assignment_id)
        task_id, actor = detail.assignment.id, request.actor
        reviews = await reviews_of_assignment(session, actor=actor, assignment_id=task_id)
        claims = await my_claims(session, actor=actor, assignment_id=task_id)
        left = await claimable_ms(session, actor=actor, assignment_id=task_id)
        dispute = await dispute_of(session, actor=actor, assignment_id=task_id)
        wellbeing = await wellbeing_of(request, session)
    wanted = [one for one in detail.revisions if one.number == revision] or detail.revisions
    shown = wanted[-1] if wanted else None
    draft = detail.assignment.draft
    value = shown.content if shown else (draft.content if draft else None)
    has_content = value is not None or (shown is None and bool(detail.assignment.turns))
    view = SubmissionPage(
        detail=detail,
        reviews=reviews,
        shown=shown,
        widget=_widget(detail, mode="review", value=value, wellbeing=wellbeing) if has_content else None,
        tone=TONES.get(detail.assignment.state, ""),
        tones=VERDICT_TONES,
        claims=claims,
        claimable_ms=left,
        dispute=dispute,
        contestable=detail.assignment.state == "rejected" and dispute is None,
    )
    return page(request, "web/trainer/my_work_task.html", view)


def _widget(detail: SubmissionDetail, *, mode: str, value: Any, wellbeing: WellbeingData) -> Widget:
    module = task_kind(detail.assignment.project.kind).widget_module
    shown = msgspec.structs.replace(detail.assignment, draft=None)
    data = {"assignment": shown, "value": value, "original": None, "mode": mode, "wellbeing": wellbeing}
    return Widget(module=module, file=f"{module.removeprefix('@preceptor/')}.js", data=data)


@get("/my-work/{assignment_id:uuid}/correct", name="my_work.correct")
async def show_correction(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """The form to correct an answer, while nobody has begun to look at it."""
    async with request.db.read() as session:
        detail = await access_submission(session, actor=request.actor, assignment_id=assignment_id)
    if not detail.correctable or not detail.revisions:
        return _too_late(request, detail)
    return await _correction(request, detail, value=detail.revisions[-1].content, problems=[])


def _too_late(request: Request[Actor], detail: SubmissionDetail) -> Response[str]:
    said = _("This answer can no longer be corrected.")
    return redirect(request, f"/my-work/{detail.assignment.id}", said=said, kind="warn")


async def _correction(
    request: Request[Actor], detail: SubmissionDetail, *, value: Any, problems: list[FieldProblem]
) -> Response[str]:
    async with request.db.read() as session:
        wellbeing = await wellbeing_of(request, session)
    view = CorrectionPage(
        detail=detail,
        widget=_widget(detail, mode="correct", value=value, wellbeing=wellbeing),
        problems=[("", problem.message) for problem in problems],
    )
    return page(request, "web/trainer/my_work_correct.html", view, status=422 if problems else 200)


@post("/my-work/{assignment_id:uuid}/correct", name="my_work.correct.post")
async def do_correct(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """Keep the corrected answer as a new revision."""
    # The widget's own controls stand inside the form and come along; only the answer counts.
    raw = (await request.form()).get("content")
    async with request.db.read() as session:
        detail = await access_submission(session, actor=request.actor, assignment_id=assignment_id)
    desk: Desk = request.part("desk")
    try:
        content = msgspec.json.decode(raw if isinstance(raw, str) else "", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidError from error
    try:
        await desk.correct(actor=request.actor, assignment_id=detail.assignment.id, content=content)
    except InvalidError as error:
        return await _correction(
            request, detail, value=content, problems=error.fields or [FieldProblem("", error.title)]
        )
    except ConflictError:
        return _too_late(request, detail)
    said = _("Your correction is kept. What you had submitted before stays on record.")
    return redirect(request, f"/my-work/{detail.assignment.id}", said=said)


handlers: list[Any] = [show_my_work, show_task, show_correction, do_correct]
