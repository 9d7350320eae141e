"""From what the client and the server say to what went wrong."""

import json
import re
from typing import Any

import httpx2
import openai

from preceptor.llms.asking.failures import (
    ModelBusyError,
    ModelCutOffError,
    ModelDownError,
    ModelGarbageError,
    ModelProblemError,
    ModelRefusedError,
    ModelTimeoutError,
    PromptTooLongError,
)
from preceptor.llms.queries import EndpointToAsk
from preceptor.llms.rules import clean_text

MAX_TECHNICAL = 300

_TOO_LONG = re.compile(
    r"context.?(length|size|window)|maximum context|exceed_context|prompt is too long|too many (input )?tokens"
    r"|input is too long|reduce the length",
    re.IGNORECASE,
)


def failure_of(error: Exception, *, endpoint: EndpointToAsk, answering: bool) -> ModelProblemError:
    """Our error for one of the client's.

    Args:
        error: from the `openai` client, or one of ours already.
        endpoint: whose key must not appear in the words.
        answering: whether a part of the answer had arrived.
    """
    if isinstance(error, ModelProblemError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _refusal(error.status_code, _server_words(error), endpoint)
    if isinstance(error, openai.APIConnectionError):
        return _broken_connection(error, answering=answering)
    if isinstance(error, openai.APIError):  # an error in the midst of the stream
        words = _shown(_server_words(error), endpoint)
        if _TOO_LONG.search(words):
            return PromptTooLongError(words)
        return ModelCutOffError(words) if answering else ModelDownError(words)
    # Whatever else the client stumbles over while it reads (JSON, UTF-8, shapes) came from the server.
    return ModelGarbageError(f"{type(error).__name__} while reading the answer")


def _broken_connection(error: openai.APIConnectionError, *, answering: bool) -> ModelProblemError:
    cause = error.__cause__
    words = f"{type(cause).__name__}: {cause}"[:MAX_TECHNICAL] if cause is not None else "no connection"
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeoutError(words)
    if answering:
        return ModelCutOffError(words)
    if isinstance(cause, httpx2.RemoteProtocolError) and "disconnected" not in words:
        return ModelGarbageError(words)  # something listens there that does not speak HTTP
    return ModelDownError(words, never_arrived=True)


def _refusal(status: int, words: str, endpoint: EndpointToAsk) -> ModelProblemError:
    shown = f"HTTP {status}: {_shown(words, endpoint)}"
    if status in {400, 413, 422, 500} and _TOO_LONG.search(words):
        return PromptTooLongError(shown)
    if status in {408, 504}:
        return ModelTimeoutError(shown)
    if status in {429, 503, 529}:
        return ModelBusyError(shown)
    return ModelDownError(shown) if status >= 500 else ModelRefusedError(shown)  # noqa: PLR2004 (HTTP's own border)


def _server_words(error: openai.APIError) -> str:
    """The server's own message out of its error document, whatever shape that has."""
    body: Any = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") or inner.get("detail") if isinstance(inner, dict) else inner
        kind = inner.get("type") or inner.get("code") if isinstance(inner, dict) else None
        words = message if isinstance(message, str) else json.dumps(body, default=str)
        return f"{words} ({kind})" if isinstance(kind, str) else words
    text = body if isinstance(body, str) else error.message
    return "a web page" if "<html" in text.lower() or "<!doctype" in text.lower() else text


def _shown(words: str, endpoint: EndpointToAsk) -> str:
    """Words from outside on one line, short, without the key."""
    hidden = endpoint.key.hidden_in(words) if endpoint.key is not None else words
    plain = "".join(character if character.isprintable() else " " for character in clean_text(hidden))
    return " ".join(plain.split())[:MAX_TECHNICAL]
