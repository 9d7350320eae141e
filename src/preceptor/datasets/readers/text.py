"""Plain text: a prompt per line."""

from collections.abc import Iterator

from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.content import Conversation, Message
from preceptor.lib.i18n import _


def read_text(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every line that is not blank, as a prompt."""
    for line in source.lines():
        if isinstance(line, RowProblem):
            yield line
        elif text := line.text.strip():
            yield _row(line.number, text)


def _row(line: int, text: str) -> ImportedRow | RowProblem:
    if "\0" in text:
        message = _("This row has the character NUL in it, which cannot be kept. Take it out.")
        return RowProblem(line=line, code="nul", message=message)
    return ImportedRow(line=line, content=Conversation(messages=(Message("user", text),)))
