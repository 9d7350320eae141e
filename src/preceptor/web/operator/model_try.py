"""Trying a model with a prompt."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import InvalidError, ProblemError
from preceptor.lib.web import Request, page
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.llms.asking import Asker, ModelProblemError
from preceptor.llms.directory import Directory
from preceptor.llms.queries import LanguageModelView, access_model
from preceptor.llms.trials import Trial, try_model
from preceptor.people import Actor, Permission
from preceptor.web.manager.filled import Filled, problems_of


class TryFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form."""

    prompt: str = ""
    seed: int | None = None


class TryPage(msgspec.Struct, frozen=True):
    """A prompt and what came of it: an answer, or why there is none."""

    model: LanguageModelView
    form: Filled
    trial: Trial | None = None
    problem: str = ""
    technical: str = ""
    """What the server said, for whoever set it up."""


@get("/models/{model_id:uuid}/try", name="model.try")
async def show_try(request: Request[Actor], model_id: FromPath[UUID]) -> Response[str]:
    """The empty form."""
    model = await _model(request, model_id)
    return page(request, "web/operator/model_try.html", TryPage(model=model, form=Filled({})))


@post("/models/{model_id:uuid}/try", name="model.try.ask", status_code=200)
async def do_try(request: Request[Actor], model_id: FromPath[UUID]) -> Response[str]:
    """Ask the model and show its answer."""
    model = await _model(request, model_id)
    tree = nest_form((await request.form()).multi_items())
    directory: Directory = request.part("directory")
    asker: Asker = request.part("asker")
    view = TryPage(model=model, form=Filled(tree))
    status = 200
    try:
        fields = convert_form(tree, TryFields)
        trial = await try_model(
            request.db,
            actor=request.actor,
            directory=directory,
            asker=asker,
            model_id=model_id,
            prompt=fields.prompt,
            seed=fields.seed,
        )
        view = msgspec.structs.replace(view, trial=trial)
    except InvalidError as error:
        status = error.status
        view = msgspec.structs.replace(view, form=Filled(tree, problems_of(error)))
    except ProblemError as error:
        technical = error.technical if isinstance(error, ModelProblemError) else ""
        view = msgspec.structs.replace(view, problem=str(error.title), technical=technical)
    return page(request, "web/operator/model_try.html", view, status=status)


async def _model(request: Request[Actor], model_id: UUID) -> LanguageModelView:
    request.actor.require(Permission.MODEL_WRITE)
    async with request.db.read() as session:
        return await access_model(session, actor=request.actor, model_id=model_id)


handlers = [show_try, do_try]
