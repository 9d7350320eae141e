"""Draws a statement as PDF, A4, in any script for which there is a font."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from preceptor.lib.i18n import LazyText, _, current_language
from preceptor.lib.money import Money, format_money
from preceptor.lib.text import shown_duration
from preceptor.pay.rules import Statement, StatementLine, StatementSum
from preceptor.pay.writing.fonts import BOLD, REGULAR, font_file, letters_of, writable

MARGIN = 15
LINE = 5.2
"""Height of a line of text, in millimetres."""
SMALL, NORMAL, LARGE = 8, 9, 18
INK, GREY, RULE = (28, 28, 34), (105, 105, 115), (215, 215, 222)
COLUMNS = (33, 87, 25, 35)
"""Widths of when, what, paid time and amount, in millimetres."""


class _Sheet(FPDF):
    """A page with its number at the foot, and what goes before each table again on the next page."""

    def __init__(self, *, font: str) -> None:
        super().__init__(format="A4")
        self.foot = ""
        self.paths = [font_file(REGULAR), *([Path(font)] if font else [])]
        for path in self.paths[1:]:
            letters_of(path)
        self.add_font("own", "", font_file(REGULAR))
        self.add_font("own", "B", font_file(BOLD))
        if font:
            self.add_font("other", "", font)
            self.set_fallback_fonts(["other"], exact_match=False)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_lang(current_language().replace("_", "-"))

    def footer(self) -> None:
        self.set_y(-14)
        self.ink(SMALL, GREY)
        self.say(self.foot, self.epw - 30, last=False)
        self.set_text_shaping(use_shaping_engine=False)
        self.cell(0, LINE, f"{self.page_no()} / {{nb}}", align="R")

    def ink(self, size: float, colour: tuple[int, int, int] = INK, *, bold: bool = False) -> None:
        self.set_font("own", "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(self, text: object, width: float = 0, *, align: Literal["L", "R"] = "L", last: bool = True) -> None:
        """One line of text, cut where it is wider than its place."""
        shown = self.fit(writable(str(text), *self.paths), width or self.epw)
        # Letters that join or move (from Hebrew to the scripts of India) are shaped; that costs much, so no others are.
        self.set_text_shaping(use_shaping_engine=any("\u0590" <= letter <= "\u1cff" for letter in shown))
        x, y = (XPos.LMARGIN, YPos.NEXT) if last else (XPos.RIGHT, YPos.TOP)
        self.cell(width, LINE, shown, align=align, new_x=x, new_y=y)

    def fit(self, text: str, width: float) -> str:
        """The text, or as much of it as there is room for."""
        text = " ".join(text.split())
        if len(text) * 0.4 < width and self.get_string_width(text) <= width - 2:
            return text
        while text and self.get_string_width(f"{text}…") > width - 2:
            text = text[: -max(1, len(text) // 12)]
        return f"{text}…"

    def rule(self) -> None:
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y() + 0.6, self.w - MARGIN, self.get_y() + 0.6)
        self.ln(1.6)


def write_statement(
    statement: Statement, lines: Sequence[StatementLine], *, more: bool, payer: str, font: str
) -> bytes:
    """The file: see `statement_pdf`. `more`: there are more lines than these."""
    sheet = _Sheet(font=font)
    period = statement.period
    language = current_language().replace("-", "_")
    first, last = (format_date(day, format="long", locale=language) for day in (period.begins, period.ends))
    span = str(_("{first} to {last}").format(first=first, last=last))
    title = str(_("Statement of earnings"))
    sheet.foot = f"{statement.name} · {span}"
    sheet.set_title(title)
    sheet.add_page()
    if payer:
        sheet.ink(NORMAL, GREY)
        sheet.say(payer)
    sheet.ink(LARGE, bold=True)
    sheet.cell(0, 11, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ink(11)
    sheet.say(statement.name)
    sheet.ink(NORMAL, GREY)
    sheet.say(span)
    sheet.say(_("Days and times of the zone {zone}").format(zone=period.time_zone.replace("_", " ")))
    sheet.ln(3)
    for total in statement.sums:
        _sums(sheet, total)
    if not statement.sums:
        sheet.ink(NORMAL)
        sheet.say(_("Nothing was earned or paid in this period."))
    if lines:
        _table(sheet, lines, zone=ZoneInfo(period.time_zone), language=language)
    if more:
        sheet.ink(NORMAL)
        sheet.say(_("There are more lines than fit here. The CSV file has them all; the sums above count them all."))
    return bytes(sheet.output())


def _sums(sheet: _Sheet, total: StatementSum) -> None:
    rows: list[tuple[LazyText, int, bool]] = [
        (_("Balance at the beginning"), total.opening, True),
        (_("Earned"), total.earned, True),
        (_("Taken back, less what stands again"), total.reversed, False),
        (_("Given by hand"), total.adjusted, False),
        (_("Paid out, less what came back"), total.paid_out, False),
        (_("Balance at the end"), total.closing, True),
    ]
    sheet.ink(11, bold=True)
    sheet.say(total.currency)
    for name, minor, always in rows:
        if minor or always:
            sheet.ink(NORMAL, bold=name is rows[-1][0])
            sheet.say(name, 100, last=False)
            sheet.say(_money(total.money(minor)), 45, align="R")
    sheet.ink(NORMAL, GREY)
    sheet.say(_("Paid time"), 100, last=False)
    sheet.say(shown_duration(total.paid_ms), 45, align="R")
    sheet.ln(3)


def _minutes(line: StatementLine) -> str:
    """The paid time of a line, less than nothing where it was taken back; nothing where no time stands behind it."""
    if line.paid_ms < 0:
        return f"-{shown_duration(-line.paid_ms)}"
    return "–" if line.rate is None else shown_duration(line.paid_ms)


def _money(money: Money) -> str:
    return format_money(money)


def _table(sheet: _Sheet, lines: Sequence[StatementLine], *, zone: ZoneInfo, language: str) -> None:
    names = (_("When"), _("What"), _("Paid time"), _("Amount"))
    _heading(sheet, names)
    for line in lines:
        if sheet.will_page_break(2 * LINE + 2):
            sheet.add_page()
            _heading(sheet, names)
        when = format_datetime(line.at.astimezone(zone), format="short", locale=language)
        sheet.ink(SMALL)
        sheet.say(when, COLUMNS[0], last=False)
        sheet.say(line.project or line.what, COLUMNS[1], last=False)
        sheet.say(_minutes(line), COLUMNS[2], align="R", last=False)
        sheet.say(_money(line.amount), COLUMNS[3], align="R")
        sheet.ink(SMALL, GREY)
        sheet.cell(COLUMNS[0], LINE, "")
        below = [str(part) for part in ((line.what if line.project else ""), line.detail) if str(part)]
        sheet.say(" · ".join(below), COLUMNS[1] + COLUMNS[2])
        sheet.rule()


def _heading(sheet: _Sheet, names: Sequence[LazyText]) -> None:
    sheet.ink(SMALL, GREY, bold=True)
    for place, (name, width) in enumerate(zip(names, COLUMNS, strict=True)):
        sheet.say(name, width, align="R" if place > 1 else "L", last=place == len(names) - 1)
    sheet.rule()
