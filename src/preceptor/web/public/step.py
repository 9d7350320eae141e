"""The second step of signing in."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import InvalidError, ProblemError, TooManyError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import SignInOutcome, answer_with_code, answer_with_password
from preceptor.people.queries import StepGoneError, StepView, open_step
from preceptor.web.public.signed import STEP_COOKIE, passkeys_at, signed_in, step_cookie, visit_of


class StepForm(msgspec.Struct, frozen=True):
    """What is asked for: a code, a recovery code, or the password."""

    answer: str


class StepPage(msgspec.Struct, frozen=True):
    """The second step."""

    step: StepView
    said: LazyText | None
    passkeys_at: str


@get("/sign-in/step", name="sign_in.step")
async def show_step(request: Request[Actor]) -> Response[str]:
    """The form; back to the beginning for whoever has not begun."""
    return await _page(request)


async def _page(request: Request[Actor], problem: ProblemError | None = None) -> Response[str]:
    try:
        async with request.db.read() as session:
            step = await open_step(session, step=request.cookies.get(STEP_COOKIE, ""), now=request.now)
    except StepGoneError as gone:
        response = redirect(request, "/sign-in", said=gone.title, kind="warn")
        response.cookies.append(step_cookie(request, ""))
        return response
    view = StepPage(step, said=problem.title if problem else None, passkeys_at=passkeys_at(request))
    return page(request, "web/public/step.html", view, status=problem.status if problem else 200)


@post("/sign-in/step", name="sign_in.step.post")
async def take_step(request: Request[Actor]) -> Response[str]:
    """Sign in and go on, or show what is wrong."""
    try:
        form = parse_form(await request.form(), StepForm)
        outcome = await _answered(request, form.answer)
    except StepGoneError:
        return await _page(request)
    except TooManyError as error:
        return await _page(request, error)
    except InvalidError:
        outcome = None
    return signed_in(request, outcome) if outcome else await _page(request, InvalidError(_("This is not right.")))


async def _answered(request: Request[Actor], answer: str) -> SignInOutcome | None:
    secret, now, visit = request.cookies.get(STEP_COOKIE, ""), request.now, visit_of(request)
    attempts = request.settings.sign_in_attempts
    async with request.db.write() as session:
        step = await open_step(session, step=secret, now=now)
        if step.needs == "password":
            return await answer_with_password(
                session,
                step=secret,
                password=answer,
                visit=visit,
                attempts=attempts,
                strong=step.asks_second_factor,
                now=now,
            )
        sealer = request.part("code_sealer")
        return await answer_with_code(
            session, step=secret, code=answer, visit=visit, attempts=attempts, sealer=sealer, now=now
        )


handlers: list[Any] = [show_step, take_step]
