"""Trying a model with a prompt: an operator's look at what they have set up. Nothing of it is kept."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.db import Database
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.llms.asking import Asker, Chunk, Final
from preceptor.llms.directory import Directory
from preceptor.llms.queries import access_model
from preceptor.llms.rules import clean_parameters, merged_parameters
from preceptor.people.rules import Actor, Permission

MAX_PROMPT = 100_000


class Trial(msgspec.Struct, frozen=True):
    """What a model answered, how that went, and with which parameters it was asked."""

    text: str
    final: Final
    parameters: dict[str, Any]


async def try_model(
    db: Database,
    *,
    actor: Actor,
    directory: Directory,
    asker: Asker,
    model_id: UUID,
    prompt: str,
    parameters: Mapping[str, object] | None = None,
    seed: int | None = None,
) -> Trial:
    """Ask a model and wait for the whole answer. `parameters` go on top of the model's own.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchModelError: there is none of this id.
        ModelDisabledError, ModelNotRunningError, KeyUnreadableError: it cannot be asked at present.
        InvalidError: no prompt, or parameters that will not do.
        ModelProblemError: it did not answer as it should.
    """
    actor.require(Permission.MODEL_WRITE)
    if not 0 < len(prompt.strip()) <= MAX_PROMPT:
        message = _("Write a prompt of 1 to {count} characters.").format(count=MAX_PROMPT)
        raise InvalidError(fields=[FieldProblem(path="prompt", message=message)])
    async with db.read() as session:
        view = await access_model(session, actor=actor, model_id=model_id)
    directory.forget()
    model = await directory.find(view.slug)
    sent = merged_parameters(model.parameters, clean_parameters(parameters or {}))
    texts: list[str] = []
    messages = [{"role": "user", "content": prompt}]
    async with aclosing(asker.stream(model=model, messages=messages, parameters=sent, seed=seed)) as parts:
        async for part in parts:
            if isinstance(part, Chunk):
                texts.append(part.delta)
            else:
                final = part
    return Trial(text="".join(texts), final=final, parameters=sent)
