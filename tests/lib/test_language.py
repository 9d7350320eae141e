"""Which language a text is written in: guesses that can be relied on, and none where they cannot."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.i18n import LanguageWord, speaking
from preceptor.lib.text import guess_language, same_language

TEXTS = {
    "en": "Cold air contracts, so the pressure in your tires falls during the night.",
    "es": "El aire frío se contrae, por eso la presión de los neumáticos baja durante la noche.",
    "fr": "L’air froid se contracte, donc la pression des pneus baisse pendant la nuit.",
    "ca": "L’aire fred es contrau, per això la pressió dels pneumàtics baixa durant la nit.",
    "de": "Kalte Luft zieht sich zusammen, deshalb fällt der Druck in den Reifen über Nacht.",
    "ja": "冷たい空気は縮むので、タイヤの圧力は夜のあいだに下がります。",
    "ar": "الهواء البارد ينكمش، لذلك ينخفض ضغط الإطارات أثناء الليل.",
    "ru": "Холодный воздух сжимается, поэтому давление в шинах ночью падает.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_known_by_its_language(code):
    guess = guess_language(TEXTS[code])
    assert (guess.code, guess.confidence > 0.8) == (code, True)


@pytest.mark.parametrize(
    "text", ["", "   ", "42", "OK.", "Paris, 1999", "```python\nprint('the quick brown fox jumps over')\n```"]
)
def test_too_little_gives_no_guess(text):
    assert guess_language(text) is None


def test_code_and_addresses_do_not_count():
    code = "\n```\nfor every item in the list of items, print the name of the item and the price of it\n```\n"
    text = TEXTS["es"] + code * 3 + "https://example.org/the-best-tires-for-the-winter-and-the-summer"
    assert guess_language(text).code == "es"


@given(st.text(max_size=3000))
def test_no_text_breaks_it(text):
    guess = guess_language(text)
    assert guess is None or 0 <= guess.confidence <= 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("es", "es", True), ("es-AR", "es", True), ("pt_BR", "pt", True), ("nb", "no", True), ("id", "ms", True),
     ("es", "ca", False), ("es", "fr", False), ("zh-Hant", "zh", True)],
)  # fmt: skip
def test_what_people_call_one_language_is_one(one, other, same):
    assert same_language(one, other) is same
    assert same_language(other, one) is same


def test_a_language_is_named_in_the_readers_language():
    with speaking("es"):
        assert str(LanguageWord("de")) == "alemán"
    with speaking("en"):
        assert str(LanguageWord("pt-BR")) == "Portuguese (Brazil)"
        assert str(LanguageWord("x-klingon")) == "x-klingon"


def test_the_model_is_loaded_only_when_it_is_asked_and_stays_small():
    code = """
import sys, resource
from preceptor.lib.text import guess_language
assert "fasttext" not in sys.modules
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
guess_language("Cold air contracts, so the pressure falls over night.")
assert "requests" not in sys.modules
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 20_000  # kB
