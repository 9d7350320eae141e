"""Reading imported files: row by row at constant memory, with errors by line that say what to do."""

from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.datasets.readers.source import MAX_ROW_BYTES, Source, SourceError

__all__ = ["MAX_ROW_BYTES", "ImportedRow", "RowProblem", "Source", "SourceError"]
