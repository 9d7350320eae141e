"""What an endpoint's address, a model's parameters and the texts that go to and fro may look like."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _

MAX_URL = 500
MAX_KEY = 2_000
MAX_MODEL_NAME = 300
MAX_SLUG = 60
MAX_CONTEXT = 100_000_000
TIMEOUT_SECONDS = (1, 3_600)
CONCURRENCY = (1, 10_000)
MAX_EXTRA_BYTES = 4_000
MAX_STOPS = 8
MAX_STOP = 200

RANGES: dict[str, tuple[type, float, float]] = {
    "temperature": (float, 0, 2),
    "top_p": (float, 0, 1),
    "top_k": (int, 0, 1_000),
    "min_p": (float, 0, 1),
    "max_tokens": (int, 1, 200_000),
    "max_completion_tokens": (int, 1, 200_000),
    "presence_penalty": (float, -2, 2),
    "frequency_penalty": (float, -2, 2),
    "repeat_penalty": (float, 0, 3),
    "repetition_penalty": (float, 0, 3),
}
"""Numeric parameters of a chat completion: kind, least, most. The last two are one thing to two kinds of server."""

RESERVED = frozenset(
    {"extra", "functions", "logprobs", "messages", "model", "n", "seed", "stop", "stream", "stream_options", "tools"}
    | RANGES.keys()
)
"""What `extra` may not set: ours to say, or a parameter with a place of its own."""

LONGEST_TOKEN = 8
"""Characters per token that no tokeniser exceeds over a real text once runs of one sign are counted as one: English has
about 4.5, Russian 4, Hindi 3.5, Chinese 1.5. So a text of more than this many per token of the context cannot fit."""

_RUN = re.compile(r"([^\w])\1+")
_SLUG = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


def clean_base_url(base_url: str) -> str:
    """The address without a slash at its end.

    Raises:
        InvalidError: not an http or https address, or it carries what belongs elsewhere.
    """
    cleaned = base_url.strip()
    try:
        parts = urlsplit(cleaned)
        port = parts.port
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    except ValueError:
        raise _invalid("base_url", _("This is not an address. Example: https://llm.example.org/v1")) from None
    if not usable or len(cleaned) > MAX_URL or not cleaned.isascii() or any(c.isspace() or c == "\\" for c in cleaned):
        raise _invalid(
            "base_url", _("Give an address that begins with http:// or https://, such as https://llm.example.org/v1")
        )
    if not cleaned.isprintable() or "@" in parts.netloc:
        raise _invalid("base_url", _("Leave name and password out of the address; the key has a field of its own."))
    if parts.query or parts.fragment or cleaned.endswith(("?", "#")):
        raise _invalid("base_url", _("Leave out everything from “?” or “#” on."))
    cleaned = cleaned.rstrip("/")
    if cleaned.endswith(("/completions", "/models")):
        raise _invalid("base_url", _("Give the address that these begin with; it usually ends in /v1."))
    return cleaned


def origin_of(base_url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: whom a key is shown to."""
    parts = urlsplit(base_url)
    return parts.scheme, parts.hostname or "", parts.port


def clean_key(key: str) -> str:
    """The key without spaces around it; it travels in a header.

    Raises:
        InvalidError: too long, or with characters that no header can carry. The message does not repeat it.
    """
    cleaned = key.strip()
    if len(cleaned) > MAX_KEY or not cleaned.isascii() or not cleaned.isprintable() or " " in cleaned:
        raise _invalid("key", _("A key has no spaces and only plain letters, digits and signs."))
    return cleaned


def clean_slug(slug: str) -> str:
    """The short name that projects and releases know a model by.

    Raises:
        InvalidError: other characters than a-z, 0-9, dot and hyphen.
    """
    cleaned = slug.strip()
    if len(cleaned) > MAX_SLUG or not _SLUG.fullmatch(cleaned):
        message = _("Use up to {count} small letters, digits, dots and hyphens, such as llama-3.1-8b.")
        raise _invalid("slug", message.format(count=MAX_SLUG))
    return cleaned


def clean_model_name(model_name: str) -> str:
    """The name that the endpoint knows the model by.

    Raises:
        InvalidError: empty, too long or unprintable.
    """
    cleaned = model_name.strip()
    if not cleaned or len(cleaned) > MAX_MODEL_NAME or not cleaned.isprintable():
        raise _invalid("model_name", _("Give the name that the endpoint knows the model by."))
    return cleaned


def check_limits(**limits: int) -> None:
    """Check `timeout_seconds`, `concurrency` and `context_tokens`, whichever are given.

    Raises:
        InvalidError: a value is out of its range; all are named at once.
    """
    ranges = {
        "timeout_seconds": TIMEOUT_SECONDS,
        "concurrency": CONCURRENCY,
        "context_tokens": (1, MAX_CONTEXT),
    }
    problems = []
    for name, value in limits.items():
        low, high = ranges[name]
        if not low <= value <= high:
            problems.append(FieldProblem(path=name, message=_between(low, high)))
    if problems:
        raise InvalidError(fields=problems)


def clean_parameters(parameters: Mapping[str, object], *, path: str = "parameters") -> dict[str, Any]:
    """Parameters of a chat completion, checked; those that are None are left out.

    Besides the numbers in `RANGES` there are `stop` (texts that end the answer) and `extra` (whatever else this one
    server understands, sent as it is).

    Args:
        parameters: as they came in.
        path: what the problems' paths begin with.

    Raises:
        InvalidError: unknown names and values out of range; all are named at once.
    """
    cleaned: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, value in parameters.items():
        message = _parameter_problem(name, value)
        if message is not None:
            problems.append(FieldProblem(path=f"{path}.{name}", message=message))
        elif value is not None:
            cleaned[name] = value
    if problems:
        raise InvalidError(fields=problems)
    return cleaned


def _parameter_problem(name: str, value: object) -> LazyText | None:
    if name in RANGES and value is not None:
        return _number_problem(value, *RANGES[name])
    if name == "stop" and value is not None:
        texts = value if isinstance(value, list) else [value]
        if not 1 <= len(texts) <= MAX_STOPS or not all(isinstance(t, str) and 0 < len(t) <= MAX_STOP for t in texts):
            message = _("Give up to {count} texts of at most {length} characters.")
            return message.format(count=MAX_STOPS, length=MAX_STOP)
        return None
    if name == "extra" and value is not None:
        return _extra_problem(value)
    return (
        None if name in RANGES or name in {"stop", "extra"} else _("This parameter is not known. Put it into “extra”.")
    )


def _number_problem(value: object, kind: type, low: float, high: float) -> LazyText | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (kind is int and not isinstance(value, int)):
        return _("Give a whole number.") if kind is int else _("Give a number.")
    return None if math.isfinite(value) and low <= value <= high else _between(low, high)


def _extra_problem(value: object) -> LazyText | None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return _("Give names and values.")
    if taken := sorted(RESERVED & value.keys()):
        return _("“{name}” cannot be set here.").format(name=taken[0])
    if len(msgspec.json.encode(value)) > MAX_EXTRA_BYTES:
        return _("This is larger than allowed.")
    return None


def merged_parameters(defaults: Mapping[str, Any], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """A model's own parameters with a project's wishes on top: what is sent, and kept with the response."""
    extra = {**defaults.get("extra", {}), **wishes.get("extra", {})}
    return {**defaults, **wishes, **({"extra": extra} if extra else {})}


def clean_text(text: str) -> str:
    """`text` without NUL, which PostgreSQL refuses, and without halves of characters, which UTF-8 cannot hold."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


class TextJoiner:
    """Cleans a text that arrives in pieces: a character whose halves come in two pieces is put together."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, piece: str) -> str:
        """The clean text that is certain now."""
        joined = self._held + piece
        self._held = joined[-1:] if "\ud800" <= joined[-1:] <= "\udbff" else ""
        return clean_text(joined[: len(joined) - len(self._held)])


def fewest_tokens(texts: Iterable[str]) -> int:
    """How many tokens these texts have at the very least: if that is too many, asking is in vain."""
    return sum(len(_RUN.sub(r"\1", text)) for text in texts) // LONGEST_TOKEN


def _between(low: float, high: float) -> LazyText:
    return _("Between {low} and {high}, please.").format(low=low, high=high)


def _invalid(path: str, message: LazyText) -> InvalidError:
    return InvalidError(fields=[FieldProblem(path=path, message=message)])
