"""Adding and changing a language model."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.llms.directory import Directory
from preceptor.llms.operations import add_model, change_model
from preceptor.llms.queries import LanguageModelView, access_model, list_endpoints
from preceptor.people import Actor, Permission
from preceptor.web.manager.filled import Filled, problems_of

TEMPLATE = "web/operator/model_form.html"
DEFAULTS = {"context_tokens": 8192, "parameters": {"temperature": 1, "max_tokens": 1024}}


class CommonParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters that have a field of their own."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None


class ModelFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form. `slug` comes with new models only; `more` is a JSON object of further parameters."""

    endpoint_id: UUID
    context_tokens: int
    slug: str = ""
    name: str = ""
    model_name: str = ""
    parameters: CommonParameters = CommonParameters()
    more: str = ""


class ModelPage(msgspec.Struct, frozen=True):
    """The form of a new model (`model` is None) or a known one."""

    model: LanguageModelView | None
    form: Filled
    endpoints: list[tuple[str, str]]


@get("/models/new", name="models.new")
async def show_new(request: Request[Actor], endpoint: FromQuery[str] = "", model: FromQuery[str] = "") -> Response[str]:
    """The empty form, or one for a model that an endpoint says it serves."""
    form = Filled({**DEFAULTS, "endpoint_id": endpoint, "model_name": model, "name": model, "slug": _slug_of(model)})
    return await _page(request, None, form)


def _slug_of(model_name: str) -> str:
    """A first proposal for a short name: `meta-llama/Llama-3.1-8B` gives `llama-3.1-8b`."""
    last = model_name.rpartition("/")[2].lower()
    plain = "".join(
        character if character.isascii() and (character.isalnum() or character in ".-") else "-" for character in last
    )
    return "-".join(part.strip(".") for part in plain.split("-") if part.strip("."))[:60].strip("-.")


@post("/models/new", name="models.add")
async def do_add(request: Request[Actor]) -> Response[str]:
    """Add it and go on to try it."""
    request.actor.require(Permission.MODEL_WRITE)
    tree = nest_form((await request.form()).multi_items())
    try:
        fields = convert_form(tree, ModelFields)
        parameters = _parameters(fields)
        async with request.db.write() as session:
            model_id = await add_model(
                session,
                actor=request.actor,
                slug=fields.slug,
                name=fields.name,
                endpoint_id=fields.endpoint_id,
                model_name=fields.model_name,
                context_tokens=fields.context_tokens,
                parameters=parameters,
            )
    except (InvalidError, ConflictError, NotFoundError) as error:
        return await _page(request, None, Filled(tree, _problems(error)), status=error.status)
    return redirect(request, f"/models/{model_id}/try", said=_("Added. See what it answers."))


@get("/models/{model_id:uuid}", name="model")
async def show_model(request: Request[Actor], model_id: FromPath[UUID]) -> Response[str]:
    """The model as it is."""
    request.actor.require(Permission.MODEL_WRITE)
    model = await _model(request, model_id)
    values = {**msgspec.structs.asdict(model), "more": _more(model.parameters)}
    return await _page(request, model, Filled(values))


@post("/models/{model_id:uuid}", name="model.change")
async def do_change(request: Request[Actor], model_id: FromPath[UUID]) -> Response[str]:
    """Change it."""
    request.actor.require(Permission.MODEL_WRITE)
    tree = nest_form((await request.form()).multi_items())
    try:
        fields = convert_form(tree, ModelFields)
        parameters = _parameters(fields)
        async with request.db.write() as session:
            await change_model(
                session,
                actor=request.actor,
                model_id=model_id,
                name=fields.name,
                endpoint_id=fields.endpoint_id,
                model_name=fields.model_name,
                context_tokens=fields.context_tokens,
                parameters=parameters,
            )
    except (InvalidError, ConflictError) as error:
        model = await _model(request, model_id)
        return await _page(request, model, Filled(tree, _problems(error)), status=error.status)
    directory: Directory = request.part("directory")
    directory.forget()
    return redirect(request, "/models", said=_("Saved."))


async def _model(request: Request[Actor], model_id: UUID) -> LanguageModelView:
    async with request.db.read() as session:
        return await access_model(session, actor=request.actor, model_id=model_id)


def _parameters(fields: ModelFields) -> dict[str, Any]:
    """The common parameters and those in the text below them.

    Raises:
        InvalidError: that text is no JSON object.
    """
    common = {name: value for name, value in msgspec.structs.asdict(fields.parameters).items() if value is not None}
    try:
        more = msgspec.json.decode(fields.more or "{}", type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError):
        message = _("Give a JSON object, such as {example}.").format(example='{"top_k": 40}')
        raise InvalidError(fields=[FieldProblem("more", message)]) from None
    return {**more, **common}


def _more(parameters: dict[str, Any]) -> str:
    """Parameters without a field of their own, as they are edited."""
    further = {name: value for name, value in parameters.items() if name not in CommonParameters.__struct_fields__}
    return msgspec.json.format(msgspec.json.encode(further), indent=2).decode() if further else ""


def _problems(error: InvalidError | ConflictError | NotFoundError) -> list[FieldProblem]:
    """Problems at the form's own fields: whatever stands in the text of further parameters belongs to that."""
    own = {f"parameters.{name}" for name in CommonParameters.__struct_fields__}
    problems = []
    for problem in problems_of(error):
        if problem.path.startswith("parameters.") and problem.path not in own:
            name = problem.path.removeprefix("parameters.")
            message = _("{name}: {problem}").format(name=name, problem=problem.message)
            problems.append(FieldProblem("more", message))
        else:
            problems.append(problem)
    return problems


async def _page(
    request: Request[Actor], model: LanguageModelView | None, form: Filled, *, status: int = 200
) -> Response[str]:
    request.actor.require(Permission.MODEL_WRITE)
    async with request.db.read() as session:
        endpoints = await list_endpoints(session, actor=request.actor)
    view = ModelPage(model=model, form=form, endpoints=[(str(endpoint.id), endpoint.name) for endpoint in endpoints])
    return page(request, TEMPLATE, view, status=status)


handlers = [show_new, do_add, show_model, do_change]
