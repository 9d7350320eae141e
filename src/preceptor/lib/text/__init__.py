"""Texts: hostile Markdown made safe, differences word by word, durations in words, the language of a text."""

from preceptor.lib.text.diff import DiffSegment, diff_words
from preceptor.lib.text.duration import shown_duration
from preceptor.lib.text.language import LanguageGuess, guess_language, same_language
from preceptor.lib.text.markdown import plain_text, render_markdown

__all__ = [
    "DiffSegment",
    "LanguageGuess",
    "diff_words",
    "guess_language",
    "plain_text",
    "render_markdown",
    "same_language",
    "shown_duration",
]
