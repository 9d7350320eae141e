"""A statement as PDF: what draws it is loaded when the first one is asked for."""

from collections.abc import Sequence

from preceptor.pay.rules import Statement, StatementLine

MOST_LINES = 3_000
"""Lines of one file; about seventy pages."""


def statement_pdf(statement: Statement, lines: Sequence[StatementLine], *, payer: str = "", font: str = "") -> bytes:
    """The file. It computes a while: call it in a thread where others wait.

    Args:
        statement: whose, when and the sums.
        lines: all of them, oldest first; the first `MOST_LINES` are written.
        payer: who pays; empty where that is not set.
        font: a font file for scripts that the one that comes along does not write; empty for none.

    Raises:
        FontUnreadableError: `font` is no font.
    """
    # Drawing and fonts take 30 MB, which a process that writes no statements does without.
    from preceptor.pay.writing.statement_sheet import write_statement  # noqa: PLC0415

    return write_statement(statement, lines[:MOST_LINES], more=len(lines) > MOST_LINES, payer=payer, font=font)
