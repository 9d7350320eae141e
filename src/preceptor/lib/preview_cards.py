"""Pictures that stand for a page where somebody shares its address: a title, one figure, and what it is about.

Source of the size: https://ogp.me and the previews of messengers and networks, which show 1200 × 630.
"""

from functools import cache, lru_cache
from io import BytesIO

import pymupdf_fonts
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
KEPT = 64
"""Cards that are remembered: drawing one takes some thirty milliseconds."""
TITLE_LINES = 3

PAPER, INK, MUTED, ACCENT = "#fbfaf7", "#1c1c1a", "#625f58", "#0b5d5a"
"""As in the light style of pages (`lib/ui/styles/tokens.css`)."""

Font = ImageFont.FreeTypeFont


@cache
def _font(*, bold: bool, size: int) -> Font:
    """FiraGO, which writes most scripts (SIL Open Font License)."""
    return ImageFont.truetype(BytesIO(pymupdf_fonts.myfont("figbo" if bold else "figo")), size)


@lru_cache(maxsize=KEPT)
def draw_card(*, brand: str, title: str, figure: str, lines: tuple[str, ...]) -> bytes:
    """A PNG of 1200 × 630 pixels. What does not fit is cut and ends in an ellipsis.

    Args:
        brand: who speaks, in the corner.
        title: up to three lines of it.
        figure: what matters most, written large.
        lines: what else there is to know, one line each.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 16, HEIGHT), fill=ACCENT)
    draw.text((MARGIN, 56), brand, font=_font(bold=True, size=34), fill=ACCENT)
    top = 130
    font = _font(bold=True, size=60)
    for line in _wrapped(title, font, TITLE_LINES):
        draw.text((MARGIN, top), line, font=font, fill=INK)
        top += 74
    bottom = HEIGHT - 60
    font = _font(bold=False, size=32)
    for line in reversed(lines):
        bottom -= 46
        draw.text((MARGIN, bottom), _wrapped(line, font, 1)[0], font=font, fill=MUTED)
    font = _font(bold=True, size=76)
    draw.text((MARGIN, bottom - 104), _wrapped(figure, font, 1)[0], font=font, fill=ACCENT)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _wrapped(text: str, font: Font, most: int) -> list[str]:
    """The text in so many lines at most, one at least, none wider than the card."""
    width = WIDTH - 2 * MARGIN
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if font.getlength(longer) <= width or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    kept = found[:most]
    cut = len(found) > most
    for place, line in enumerate(kept):
        shown = f"{line}…" if cut and place == most - 1 else line
        while font.getlength(shown) > width:
            shown = shown.rstrip("…")[:-1] + "…"
        kept[place] = shown
    return kept
