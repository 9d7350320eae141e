"""Plain text: a prompt per line."""

from collections.abc import Iterator

from preceptor.datasets.readers.prompts import prompt_row
from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source


def read_text(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every line that is not blank, as a prompt."""
    for line in source.lines():
        if isinstance(line, RowProblem):
            yield line
        elif text := line.text.strip():
            yield prompt_row(line=line.number, value=text)
