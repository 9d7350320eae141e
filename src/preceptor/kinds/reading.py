"""Reading JSON from outside into a kind's own structs: its shape, its size, and characters no database keeps.

This runs on every draft and every submission, so the usual case is one decode and two searches through the bytes; only
a document that is large or holds a NUL is walked text by text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _

T = TypeVar("T")

MAX_DOCUMENT_BYTES = 1024 * 1024
"""An answer, a draft, an item's content or a form's settings as JSON."""

MAX_TEXT_BYTES = 64 * 1024
"""One text in it, as UTF-8."""

_PLACE = re.compile(r"^(?P<detail>.*?)(?: - at (?:`key` in )?`\$(?P<place>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")


class MalformedError(InvalidError):
    """It does not have the shape or the size that is expected here."""

    code = "malformed"


def read_json(
    raw: bytes | str | Mapping[str, Any],
    *,
    decoder: msgspec.json.Decoder[T],
    max_bytes: int = MAX_DOCUMENT_BYTES,
    max_text_bytes: int = MAX_TEXT_BYTES,
) -> T:
    """Decode `raw` (JSON text, or values already parsed) with `decoder`.

    Raises:
        MalformedError: not JSON, wrong types, unknown fields, over `max_bytes` as a whole or `max_text_bytes` in one
            text, or a NUL character or half a surrogate pair anywhere; `fields` says where.
    """
    document = _as_bytes(raw)
    if len(document) > max_bytes:
        raise MalformedError(fields=[_too_large(max_bytes)])
    try:
        value = decoder.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(fields=[_problem_from(error)]) from error
    # A text cannot be longer than the document that holds it, and JSON can only spell NUL as \u0000.
    if len(document) > max_text_bytes or b"\\u0000" in document:
        problems = list(text_problems(msgspec.json.decode(document), max_text_bytes=max_text_bytes))
        if problems:
            raise MalformedError(fields=problems)
    return value


def document_problems(document: msgspec.Struct, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> Iterator[FieldProblem]:
    """Why a struct made here rather than read by `read_json` could not be read back: its texts, or its size."""
    encoded = msgspec.json.encode(document)
    # As in `read_json`: a short document without NUL has nothing wrong in any of its texts.
    if len(encoded) <= min(max_bytes, MAX_TEXT_BYTES) and b"\\u0000" not in encoded:
        return
    yield from text_problems(msgspec.to_builtins(document))
    if len(encoded) > max_bytes:
        yield _too_large(max_bytes)


def text_problems(value: object, *, path: str = "", max_text_bytes: int = MAX_TEXT_BYTES) -> Iterator[FieldProblem]:
    """Texts too long or with a NUL, anywhere inside plain JSON values; keys count as texts."""
    if isinstance(value, str):
        if "\0" in value:
            yield FieldProblem(path, _("This contains a NUL character, which cannot be kept. Please remove it."))
        if len(value) * 4 > max_text_bytes and len(value.encode()) > max_text_bytes:
            message = _("This text is longer than the allowed {limit} kB.").format(limit=max_text_bytes // 1024)
            yield FieldProblem(path, message)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from text_problems(key, path=path, max_text_bytes=max_text_bytes)
            yield from text_problems(
                inner, path=f"{path}.{key}".lstrip(".").replace("\0", ""), max_text_bytes=max_text_bytes
            )
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from text_problems(inner, path=f"{path}.{index}".lstrip("."), max_text_bytes=max_text_bytes)


def _too_large(max_bytes: int) -> FieldProblem:
    return FieldProblem("", _("This is larger than the allowed {limit} kB.").format(limit=max_bytes // 1024))


def _as_bytes(raw: bytes | str | Mapping[str, Any]) -> bytes:
    if isinstance(raw, bytes):
        return raw
    try:
        return raw.encode() if isinstance(raw, str) else msgspec.json.encode(raw)
    except (UnicodeEncodeError, TypeError, RecursionError) as error:
        raise MalformedError(fields=[_problem_from(error)]) from error


def _problem_from(error: Exception) -> FieldProblem:
    """A problem with a dotted path from msgspec's message, such as ``… - at `$.turns[0].ratings[...]` ``.

    Source of the message's form: msgspec documentation, "Validation errors".
    """
    match = _PLACE.match(str(error))
    detail, place = (match["detail"], match["place"] or "") if match else (str(error), "")
    path = place.replace("[...]", "").replace("[", ".").replace("]", "").lstrip(".")
    if field := _FIELD.search(detail):
        path = f"{path}.{field['name']}".lstrip(".")
    return FieldProblem(path, _("This does not have the expected form: {detail}.").format(detail=detail))
