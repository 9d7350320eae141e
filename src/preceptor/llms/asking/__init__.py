"""How a language model is asked: `Asker.stream` yields an answer as it is written; `problem_text` explains failures."""

from preceptor.llms.asking.asker import Asker, Chunk, Final
from preceptor.llms.asking.failures import (
    ModelBusyError,
    ModelCutOffError,
    ModelDownError,
    ModelGarbageError,
    ModelProblemError,
    ModelRefusedError,
    ModelTimeoutError,
    PromptTooLongError,
    problem_text,
)

__all__ = [
    "Asker",
    "Chunk",
    "Final",
    "ModelBusyError",
    "ModelCutOffError",
    "ModelDownError",
    "ModelGarbageError",
    "ModelProblemError",
    "ModelRefusedError",
    "ModelTimeoutError",
    "PromptTooLongError",
    "problem_text",
]
