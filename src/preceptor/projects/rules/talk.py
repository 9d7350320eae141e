"""Announcements and questions: how long they may be, and how many somebody may write."""

from collections.abc import Iterator
from datetime import timedelta

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.projects.rules.projects import line_problems, text_problems

MAX_ANNOUNCEMENT = 20_000
MAX_POST = 10_000
MAX_SEARCH = 200

MOST_QUESTIONS = 10
QUESTION_WINDOW = timedelta(hours=24)
MOST_ANSWERS = 30
ANSWER_WINDOW = timedelta(hours=1)


def announcement_problems(title: str, markdown: str) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned announcement."""
    yield from line_problems("title", title)
    yield from _needed("markdown", markdown)
    yield from text_problems("markdown", markdown, most=MAX_ANNOUNCEMENT)


def question_problems(title: str, markdown: str) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned question; it may say everything in its title."""
    yield from line_problems("title", title)
    yield from text_problems("markdown", markdown, most=MAX_POST)


def answer_problems(markdown: str) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned answer."""
    yield from _needed("markdown", markdown)
    yield from text_problems("markdown", markdown, most=MAX_POST)


def _needed(path: str, text: str) -> Iterator[FieldProblem]:
    if not text:
        yield FieldProblem(path, _("Write something first."))
