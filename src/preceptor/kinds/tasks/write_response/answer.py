from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from preceptor.kinds.content import Reference
from preceptor.kinds.dialogue import last_words
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.findings import Question, below
from preceptor.kinds.reading import text_problems
from preceptor.kinds.tasks.write_response.item import ItemContent
from preceptor.kinds.tasks.write_response.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LanguageWord, _
from preceptor.lib.text import guess_language, same_language

MOST_SOURCES = 20
LONGEST_URL = 2_000
LONGEST_TITLE = 300
SURE = 0.7
"""Below this confidence nobody is asked about the language."""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person writes; in a draft anything may be missing.

    Attributes:
        response: what an ideal assistant would say.
        outline: what the person noted before.
        sources: what they looked it up in.
    """

    response: str = ""
    outline: str = ""
    sources: Annotated[tuple[Reference, ...], msgspec.Meta(max_length=100)] = ()


def answer_problems(settings: Settings, answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form."""
    return [
        *below("response", TEXT.validate(settings.response, answer.response)),
        *_outline_problems(settings, answer),
        *_sources_problems(settings, answer),
    ]


def _outline_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    if settings.outline == "off" and answer.outline.strip():
        yield FieldProblem("outline", _("An outline is not asked for here."))
    yield from below("outline", TEXT.validate(TextSettings(required=settings.outline == "required"), answer.outline))


def _sources_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    if settings.sources == "off" and answer.sources:
        yield FieldProblem("sources", _("Sources are not asked for here."))
    elif settings.sources == "required" and not answer.sources:
        yield FieldProblem("sources", _("Name at least one source."))
    if len(answer.sources) > MOST_SOURCES:
        yield FieldProblem("sources", _("Name at most {most} sources.").format(most=MOST_SOURCES))
    for index, source in enumerate(answer.sources):
        yield from below(f"sources.{index}", _source_problems(source))


def _source_problems(source: Reference) -> Iterator[FieldProblem]:
    if not source.url.strip() and not source.title.strip():
        yield FieldProblem("url", _("Give an address or a title, or remove this source."))
    elif source.url.strip() and not _is_address(source.url.strip()):
        yield FieldProblem("url", _("This is not a web address. It begins with https:// or http://."))
    if len(source.title) > LONGEST_TITLE:
        yield FieldProblem("title", _("Use at most {limit} characters.").format(limit=LONGEST_TITLE))
    yield from below("title", text_problems(source.title))


def _is_address(url: str) -> bool:
    if len(url) > LONGEST_URL or any(sign.isspace() or sign == "\0" for sign in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # such as an unfinished IPv6 address
        return False


def answer_questions(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[Question]:
    """Doubts about a valid answer: another language than was asked for, the prompt given back, a source named twice."""
    wanted = item.language or settings.language
    guess = guess_language(answer.response) if wanted else None
    if guess and guess.confidence >= SURE and not same_language(guess.code, wanted):
        text = _("This seems to be written in {language}, but is asked for in {wanted}. Is that right?")
        text = text.format(language=LanguageWord(guess.code), wanted=LanguageWord(wanted))
        yield Question(f"language:{guess.code}", text, "response")
    if answer.response.strip() == last_words(item.messages, item.prompt).strip():
        yield Question("repeats_prompt:response", _("Your response repeats the prompt. Is that right?"), "response")
    addresses = [source.url.strip() for source in answer.sources if source.url.strip()]
    for index, url in enumerate(addresses):
        if url in addresses[:index]:
            text = _("The source {url} is named twice. Leave it so?").format(url=url)
            yield Question(f"source_twice:{index}", text, "sources")
