"""What can go wrong when a model is asked, in words for the person who waits, and apart from that for operators.

The words for the person never name the model or its server: who answers is hidden from whoever judges the answer.
"""

from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import LazyText, _
from preceptor.llms.directory import ModelDisabledError, ModelNotRunningError
from preceptor.llms.keys import KeyUnreadableError
from preceptor.llms.queries import NoSuchModelError


class ModelProblemError(UnavailableError):
    """A model did not answer as it should. `technical` is for operators alone: it may name models and addresses."""

    code = "model_problem"

    def __init__(self, technical: str = "", *, detail: LazyText | None = None, never_arrived: bool = False) -> None:
        super().__init__(detail=detail)
        self.technical = technical
        self.never_arrived = never_arrived
        """The connection failed before anything came back, so that asking once more is worth it."""


class ModelDownError(ModelProblemError):
    """No server there, or it failed."""

    code = "model_down"
    title = _("The model does not answer just now. Try again; if it stays so, go on without it or tell your manager.")


class ModelBusyError(ModelProblemError):
    """It answers others, or has not finished loading."""

    code = "model_busy"
    title = _("The model has too much to do just now. Try again in a minute.")


class ModelTimeoutError(ModelProblemError):
    """No connection, no first word, or no next word within the endpoint's time-out."""

    code = "model_timeout"
    title = _("The model took too long and was stopped. Try again.")


class PromptTooLongError(ModelProblemError):
    """The conversation does not fit into what the model can read at once."""

    status = 422
    code = "prompt_too_long"
    title = _(
        "This conversation is longer than the model can read. Shorten the prompt, or finish the conversation here."
    )


class ModelCutOffError(ModelProblemError):
    """The answer broke off before its end."""

    code = "model_cut_off"
    title = _("The model's answer broke off before its end. Try again.")


class ModelGarbageError(ModelProblemError):
    """What came back was no answer: a web page, other bytes, another protocol."""

    code = "model_garbage"
    title = _(
        "What came back was not an answer. Try again; if it stays so, tell your manager: the model is set up wrongly."
    )


class ModelRefusedError(ModelProblemError):
    """The server understood and said no (HTTP 3xx or 4xx): a wrong key, an unknown model, a parameter it dislikes."""

    code = "model_refused"
    title = _("The model's server refused the question. Tell your manager: the model is set up wrongly.")


PROBLEMS: dict[str, LazyText] = {
    **{
        kind.code: kind.title
        for kind in (
            ModelDownError,
            ModelBusyError,
            ModelTimeoutError,
            PromptTooLongError,
            ModelCutOffError,
            ModelGarbageError,
            ModelRefusedError,
            ModelDisabledError,
            ModelNotRunningError,
        )
    },
    NoSuchModelError.code: ModelDisabledError.title,
    KeyUnreadableError.code: ModelRefusedError.title,
}
"""What to tell the person who waits, by the code that is kept with a failed response."""


def problem_text(code: str) -> LazyText:
    """The sentence for a stored code."""
    return PROBLEMS.get(code, ModelDownError.title)
