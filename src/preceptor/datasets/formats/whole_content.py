"""Content as it is, field by field, with the name of its type."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.content import Content


def content_lines(content: Content, _settings: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """The one row of a piece of content."""
    yield "train", {"type": type(content).__name__} | msgspec.structs.asdict(content)
