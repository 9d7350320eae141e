"""Preview cards: whatever is written fits, and is drawn once."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from preceptor.lib.preview_cards import HEIGHT, MARGIN, TITLE_LINES, WIDTH, _font, _wrapped, draw_card

LATIN = "Formador o formadora d’IA en català"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(1, TITLE_LINES))
def test_no_text_is_wider_than_the_card(text, most):
    font = _font(bold=True, size=60)
    lines = _wrapped(text, font, most)
    assert 1 <= len(lines) <= most
    assert all(font.getlength(line) <= WIDTH - 2 * MARGIN for line in lines)


def test_what_is_cut_says_so_and_what_fits_is_whole():
    font = _font(bold=True, size=60)
    assert " ".join(_wrapped(LATIN, font, 3)) == LATIN
    cut = _wrapped("word " * 60, font, 2)
    assert (len(cut), cut[0].endswith("word"), cut[-1].endswith("…")) == (2, True, True)
    assert _wrapped("w" * 200, font, 1)[0].endswith("…")
    assert _wrapped("", font, 1) == [""]


@pytest.mark.parametrize("title", [LATIN, "", "w" * 500, "Переводчики на каталанский", "مدرّب ذكاء اصطناعي", "\x00\n\t"])
def test_a_card_is_drawn_of_any_title(title):
    card = draw_card(brand="Preceptor", title=title, figure="17,00 USD / hora", lines=("a distància", ""))
    with Image.open(BytesIO(card)) as picture:
        picture.load()
        assert picture.size == (WIDTH, HEIGHT)
