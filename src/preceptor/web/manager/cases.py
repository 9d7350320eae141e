"""Cases of due process: the list, one case, deciding an appeal, taking a measure back, and who is worth a look."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.hiring import Outcome
from preceptor.hiring.operations import withdraw_case
from preceptor.hiring.queries import CaseSummary, CasesWanted, CaseView, access_case, count_appeals, list_cases
from preceptor.hiring.queries.case_files import CaseFileView, case_files
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, known_currencies, money_from_decimal
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.quality import days_begun
from preceptor.quality.operations import decide_case
from preceptor.quality.queries import (
    LostPay,
    RecordView,
    WorthALook,
    case_records,
    lost_pay,
    most_back_pay_of,
    worth_a_look,
)
from preceptor.web.attached import attach_to_case
from preceptor.web.manager.filled import Filled

OUTCOMES: tuple[tuple[str, LazyText, LazyText], ...] = (
    ("upheld", _("The measure stands"), _("It binds as announced; what was lifted meanwhile is not made up for.")),
    (
        "overturned",
        _("The measure is overturned"),
        _("It binds no longer. What was taken back for its records is paid again, and lost work as you say below."),
    ),
)


class DecisionFields(msgspec.Struct, frozen=True):
    """How an appeal is decided."""

    outcome: Outcome
    words: str
    back_pay: str = ""
    currency: str = ""


class WithdrawalFields(msgspec.Struct, frozen=True):
    """Why a measure is taken back."""

    words: str


class CasesPage(msgspec.Struct, frozen=True):
    """Cases, newest first."""

    cases: list[CaseSummary]
    wanted: str
    appeals: int
    overdue: int
    next_cursor: str | None
    may_open: bool


class WorthALookPage(msgspec.Struct, frozen=True):
    """Whose rejections stand out."""

    rows: list[WorthALook]
    appeals: int
    overdue: int


class CasePage(msgspec.Struct, frozen=True):
    """One case, and what its reader can do."""

    case: CaseView
    records: list[RecordView]
    files: list[CaseFileView]
    lost: list[LostPay]
    most: list[Money]
    """What can be paid for lost work at most."""
    paid_back: list[Money]
    """By other cases for the same time; it was taken off."""
    bound_days: float
    days_begun: int
    currencies: list[tuple[str, str]]
    may_see_submissions: bool
    """Whether the records lead to the work itself."""
    outcomes: tuple[tuple[str, LazyText, LazyText], ...]
    form: Filled
    withdrawal: Filled
    attaching: Filled


@get("/cases", name="cases")
async def show_cases(
    request: Request[Actor], show: FromQuery[str] = "all", cursor: FromQuery[str] = ""
) -> Response[str]:
    """Cases, newest first."""
    wanted = CasesWanted(show) if show in set(CasesWanted) else CasesWanted.ALL
    async with request.db.read() as session:
        found = await list_cases(session, actor=request.actor, now=request.now, wanted=wanted, cursor=cursor or None)
        appeals, overdue = await count_appeals(session, actor=request.actor, now=request.now)
    view = CasesPage(
        cases=found.rows,
        wanted=wanted.value,
        appeals=appeals,
        overdue=overdue,
        next_cursor=found.next_cursor,
        may_open=request.actor.may(Permission.CASE_OPEN),
    )
    return page(request, "web/manager/cases.html", view)


@get("/cases/worth-a-look", name="cases.worth_a_look")
async def show_worth_a_look(request: Request[Actor]) -> Response[str]:
    """Whose rejections stand out, with the formula. Nothing follows from it by itself."""
    async with request.db.read() as session:
        rows = await worth_a_look(session, actor=request.actor)
        appeals, overdue = await count_appeals(session, actor=request.actor, now=request.now)
    return page(request, "web/manager/worth_a_look.html", WorthALookPage(rows, appeals, overdue))


@get("/cases/{case_id:uuid}", name="case")
async def show_case(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """One case."""
    return await _page(request, case_id, Filled({}), Filled({}))


async def _page(
    request: Request[Actor],
    case_id: UUID,
    form: Filled,
    withdrawal: Filled,
    *,
    attaching: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.CASE_READ)
    async with request.db.read() as session:
        case = await access_case(session, actor=actor, case_id=case_id, now=request.now)
        limit = await most_back_pay_of(session, case=case, now=request.now)
        view = CasePage(
            case=case,
            records=await case_records(session, case=case),
            files=await case_files(session, case_id=case_id),
            lost=await lost_pay(session, case=case),
            most=list(limit.most.values()),
            paid_back=limit.paid,
            bound_days=timedelta(milliseconds=case.bound_ms) / timedelta(days=1),
            days_begun=days_begun(timedelta(milliseconds=case.bound_ms)),
            currencies=[(one, one) for one in known_currencies()],
            may_see_submissions=actor.may(Permission.SUBMISSION_READ),
            outcomes=OUTCOMES,
            form=form,
            withdrawal=withdrawal,
            attaching=attaching or Filled({}),
        )
    return page(request, "web/manager/case.html", view, status=status)


@post("/cases/{case_id:uuid}/decide", name="case.decide")
async def do_decide(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Decide an appeal."""
    raw = await request.form()
    try:
        fields = parse_form(raw, DecisionFields)
        async with request.db.write() as session:
            await decide_case(
                session,
                actor=request.actor,
                case_id=case_id,
                outcome=fields.outcome,
                words=fields.words,
                back_pay=_back_pay(fields),
                now=request.now,
            )
    except InvalidError as error:
        values = {name: str(raw.get(name, "")) for name in ("outcome", "words", "back_pay", "currency")}
        return await _page(request, case_id, Filled(values, error.fields), Filled({}), status=error.status)
    return redirect(request, f"/cases/{case_id}", said=_("The appeal is decided, and the person was told."))


@post("/cases/{case_id:uuid}/files", name="case.files")
async def do_attach(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Attach what an announcement rests on."""
    try:
        await attach_to_case(request, case_id=case_id)
    except InvalidError as error:
        attaching = Filled({}, error.fields)
        return await _page(request, case_id, Filled({}), Filled({}), attaching=attaching, status=error.status)
    return redirect(request, f"/cases/{case_id}", said=_("Attached. The person can read it, and was told."))


def _back_pay(fields: DecisionFields) -> Money | None:
    """The amount that was typed; None where nothing was, or the measure stands."""
    if fields.outcome is Outcome.UPHELD or not fields.back_pay:
        return None
    try:
        return money_from_decimal(Decimal(fields.back_pay.replace(",", ".")), fields.currency)
    except (InvalidError, InvalidOperation, OverflowError, ValueError) as error:
        message = _("Give an amount such as 120.50, and its currency.")
        raise InvalidError(fields=[FieldProblem("back_pay", message)]) from error


@post("/cases/{case_id:uuid}/withdraw", name="case.withdraw")
async def do_withdraw(request: Request[Actor], case_id: FromPath[UUID]) -> Response[str]:
    """Take a measure back."""
    raw = await request.form()
    try:
        fields = parse_form(raw, WithdrawalFields)
        async with request.db.write() as session:
            await withdraw_case(session, actor=request.actor, case_id=case_id, words=fields.words, now=request.now)
    except InvalidError as error:
        values = {"words": str(raw.get("words", ""))}
        return await _page(request, case_id, Filled({}), Filled(values, error.fields), status=error.status)
    return redirect(request, f"/cases/{case_id}", said=_("The measure is withdrawn, and the person was told."))


handlers: list[Any] = [show_cases, show_worth_a_look, show_case, do_decide, do_attach, do_withdraw]
