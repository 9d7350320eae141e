"""Where one wants one's money, a currency at a time."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, known_currencies
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.pay import FAILURE_ADVICE, FAILURE_NAMES, METHOD_NAMES, FailureReason, MethodKind, PayoutState
from preceptor.pay.operations import confirm_payout_method, remove_payout_method, set_payout_method
from preceptor.pay.queries import MethodView, OwnPayout, balances, is_employed, own_methods, own_payouts
from preceptor.pay.sealing import payout_sealer
from preceptor.people import Actor
from preceptor.people.operations import require_fresh
from preceptor.web.account.fresh import ConfirmHere, confirm_here, confirmed_here, with_secret

METHOD_HELP = {
    MethodKind.SEPA: _("Euros alone. One to two days, no fee."),
    MethodKind.PAYPAL: _("Any currency PayPal carries. PayPal may take a fee when you draw it."),
    MethodKind.WISE: _("Any currency. Wise sends you a mail and asks for your account once."),
}


class MethodForm(msgspec.Struct, frozen=True):
    """What is entered."""

    currency: str
    kind: MethodKind
    holder: str
    account: str
    confirm_password: str = ""


class CurrencyForm(msgspec.Struct, frozen=True):
    """Which entry is meant."""

    currency: str


class ShownMethod(msgspec.Struct, frozen=True):
    """An entry in words. `back`: why money came back, and what to do."""

    row: MethodView
    name: LazyText
    back: tuple[LazyText, LazyText] | None


class PayoutMethodPage(msgspec.Struct, frozen=True):
    """Where one's money goes, and the form to say so. `missing`: money that waits because nothing is entered."""

    methods: list[ShownMethod]
    missing: list[Money]
    employed: bool
    currencies: list[tuple[str, str]]
    kinds: list[tuple[str, LazyText, LazyText]]
    values: dict[str, str]
    problems: list[FieldProblem]
    confirm: ConfirmHere


@get("/account/payout", name="account.payout")
async def show_payout_method(request: Request[Actor]) -> Response[str]:
    """What is entered, and the form."""
    return await _page(request)


async def _page(
    request: Request[Actor], *, values: dict[str, str] | None = None, problems: list[FieldProblem] | None = None
) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        methods = await own_methods(session, actor=actor)
        held = await balances(session, actor=actor)
        payouts = await own_payouts(session, actor=actor)
        employed = await is_employed(session, person_id=actor.person_id)
        confirm = await confirm_here(session, actor=actor, now=request.now)
    known = {one.currency for one in methods}
    missing = [money for money in held if money.amount > 0 and money.currency not in known]
    first = missing[0].currency if missing else methods[0].currency if methods else "EUR"
    view = PayoutMethodPage(
        methods=[ShownMethod(one, METHOD_NAMES[one.kind], _back(one, list(payouts))) for one in methods],
        missing=missing,
        employed=employed,
        currencies=[(code, code) for code in known_currencies()],
        kinds=[(kind.value, METHOD_NAMES[kind], METHOD_HELP[kind]) for kind in MethodKind],
        values=values or {"currency": first, "kind": "sepa" if first == "EUR" else "paypal", "holder": actor.name},
        problems=problems or [],
        confirm=confirm,
    )
    return page(request, "web/account/payout.html", view, status=422 if problems else 200)


def _back(method: MethodView, payouts: list[OwnPayout]) -> tuple[LazyText, LazyText] | None:
    """Why money in this currency came back, where it did and nothing was done about it."""
    if not method.held:
        return None
    gone = (PayoutState.FAILED, PayoutState.RETURNED)
    last = max(
        (one for one in payouts if one.state in gone and one.amount.currency == method.currency),
        key=lambda one: one.decided_at or datetime.min.replace(tzinfo=one.begun_at.tzinfo),
        default=None,
    )
    reason = FailureReason(last.reason) if last else FailureReason.OTHER
    return FAILURE_NAMES[reason], FAILURE_ADVICE[reason]


@post("/account/payout", name="account.payout.post")
async def save_payout_method(request: Request[Actor]) -> Response[str]:
    """Keep where a currency goes. Whoever signed in a while ago gives their password with the form."""
    raw = await request.form()
    sealer = await asyncio.to_thread(payout_sealer, request.settings)
    secret = ""
    try:
        form = parse_form(raw, MethodForm)
        secret = await confirmed_here(request, form.confirm_password)
        async with request.db.write() as session:
            await require_fresh(session, actor=request.actor, now=request.now)
            await set_payout_method(
                session,
                actor=request.actor,
                sealer=sealer,
                currency=form.currency,
                kind=form.kind,
                holder=form.holder,
                account=form.account,
                now=request.now,
            )
    except InvalidError as error:
        values = {name: str(raw.get(name, "")) for name in ("currency", "kind", "holder", "account")}
        return with_secret(request, await _page(request, values=values, problems=error.fields), secret)
    response = redirect(request, "/account/payout", said=_("Saved. The next payout goes there."))
    return with_secret(request, response, secret)


@post("/account/payout/confirm", name="account.payout.confirm")
async def confirm(request: Request[Actor]) -> Response[str]:
    """What was entered is right, although money came back."""
    form = parse_form(await request.form(), CurrencyForm)
    async with request.db.write() as session:
        await confirm_payout_method(session, actor=request.actor, currency=form.currency)
    return redirect(request, "/account/payout", said=_("Thank you. The next payout tries it again."))


@post("/account/payout/remove", name="account.payout.remove")
async def remove(request: Request[Actor]) -> Response[str]:
    """Forget where a currency goes."""
    form = parse_form(await request.form(), CurrencyForm)
    async with request.db.write() as session:
        await remove_payout_method(session, actor=request.actor, currency=form.currency)
    return redirect(request, "/account/payout", said=_("Forgotten. What you earn in this currency waits for you."))


handlers: list[Any] = [show_payout_method, save_payout_method, confirm, remove]
