"""Texts: hostile Markdown made safe, differences word by word, durations in words."""

from preceptor.lib.text.diff import DiffSegment, diff_words
from preceptor.lib.text.duration import shown_duration
from preceptor.lib.text.markdown import render_markdown

__all__ = ["DiffSegment", "diff_words", "render_markdown", "shown_duration"]
