"""Settings, items, answers, questions, releases and agreement of `write_response`."""

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from preceptor.kinds.content import Conversation, Demonstration, GivenResponse, Message, Provenance, Reference
from preceptor.kinds.given import Answered
from preceptor.kinds.task import InvalidAnswerError, InvalidItemError
from preceptor.kinds.tasks.write_response.answer import Answer
from preceptor.kinds.tasks.write_response.item import ItemContent
from preceptor.kinds.tasks.write_response.kind import KIND
from preceptor.kinds.tasks.write_response.settings import Settings
from preceptor.lib.i18n import speaking

PROVENANCE = Provenance("p", "k", "i", "s", 1, "t", 1, 1, "accepted", 1, 2, 3, 4, datetime(2026, 11, 22, tzinfo=UTC))
ASKED = Message("user", "Why is the sky blue?")
ITEM = ItemContent(prompt=ASKED.content)
ENGLISH = "Sunlight is scattered by the air, and blue light is scattered more than red light."
SPANISH = "El aire dispersa la luz del sol, y la luz azul se dispersa más que la luz roja."
WIKI = Reference("https://en.wikipedia.org/wiki/Rayleigh_scattering", "Rayleigh scattering")


def paths(answer, **settings):
    return [problem.path for problem in KIND.validate_answer(Settings(**settings), ITEM, (), answer)]


def codes(answer, item=ITEM, **settings):
    return [question.code for question in KIND.questions(Settings(**settings), item, (), answer)]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"min_words": 0}, ["min_words"]),
        ({"max_words": 10_001}, ["max_words"]),
        ({"min_words": 9, "max_words": 8}, ["max_words"]),
        ({"min_words": 8, "max_words": 8}, []),
        ({"language": "pt-BR"}, []),
        ({"language": "Spanish"}, ["language"]),
        ({"language": "e"}, ["language"]),
    ],
)
def test_settings_are_checked(change, wrong):
    assert [problem.path for problem in KIND.validate_settings(Settings(**change))] == wrong


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"prompt": "Hello"}, []),
        ({"prompt": " "}, ["prompt"]),
        ({"prompt": "Hello", "language": "klingon language"}, ["language"]),
        ({"prompt": "a\0"}, ["prompt"]),
        ({}, ["prompt"]),
    ],
)
def test_rows_are_checked(row, wrong):
    if not wrong:
        assert KIND.parse_item_content(row).prompt == row["prompt"]
        return
    with pytest.raises(InvalidItemError) as error:
        KIND.parse_item_content(row)
    assert [problem.path for problem in error.value.fields] == wrong


def test_a_conversation_needs_a_users_message_at_its_end():
    before = (ASKED, Message("assistant", "Because of the air."))
    made = KIND.item_from_content(Conversation((*before, Message("user", "Why?"))))
    assert (made.prompt, made.messages) == ("Why?", before)
    for messages in ((), before):
        with pytest.raises(InvalidItemError) as error:
            KIND.item_from_content(Conversation(messages))
        assert [problem.path for problem in error.value.fields] == ["prompt"]
    assert KIND.takes(Conversation((ASKED,)))
    assert not KIND.takes(Conversation())


def test_what_came_along_is_kept_and_not_shown():
    content = Conversation(
        (ASKED,), (GivenResponse("Magic.", model="gpt"),), follow_ups=("And red?",), source={"lang": "es", "row": 1}
    )
    made = KIND.item_from_content(content)
    assert made.responses == content.responses
    assert made.afterwards == (Message("user", "And red?"),)
    assert KIND.item_shown(made) == {"prompt": ASKED.content, "messages": (), "language": "es"}
    assert KIND.item_source(made) == {"lang": "es", "row": 1}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ({"language": "ca"}, "ca"),
        ({"lang": "pt-BR"}, "pt-BR"),
        ({"language": "Spanish"}, ""),
        ({"language": 7}, ""),
        ({}, ""),
    ],
)
def test_a_column_with_a_code_says_what_to_write_in(source, code):
    assert KIND.item_from_content(Conversation((ASKED,), source=source)).language == code


def test_an_answered_conversation_becomes_a_finished_answer():
    content = Answered((ASKED,), ENGLISH, worker="w3", follow_ups=(Message("user", "Thanks!"),))
    made = KIND.item_from_content(content)
    (found,) = KIND.answers_from_content(Settings(), made, (), content)
    assert (found.worker, found.answer) == ("w3", Answer(ENGLISH))
    (row,) = KIND.content_rows(Settings(), made, (), found.answer, PROVENANCE)
    assert (row.prompt, row.completion) == ((ASKED,), ENGLISH)
    assert KIND.answers_from_content(Settings(), made, (), Conversation((ASKED,))) == []


@pytest.mark.parametrize(
    ("settings", "answer", "wrong"),
    [
        ({}, Answer(ENGLISH), []),
        ({}, Answer(" \n"), ["response"]),
        ({"min_words": 16}, Answer(ENGLISH), ["response"]),
        ({"min_words": 15, "max_words": 15}, Answer(ENGLISH), []),
        ({"max_words": 14}, Answer(ENGLISH), ["response"]),
        ({}, Answer(ENGLISH, outline="x"), ["outline"]),
        ({"outline": "required"}, Answer(ENGLISH, outline=" "), ["outline"]),
        ({"outline": "optional"}, Answer(ENGLISH), []),
        ({"sources": "required"}, Answer(ENGLISH), ["sources"]),
        ({"sources": "off"}, Answer(ENGLISH, sources=(WIKI,)), ["sources"]),
        ({}, Answer(ENGLISH, sources=(WIKI, Reference(title="A book"))), []),
        ({}, Answer(ENGLISH, sources=(WIKI, Reference(" ", ""))), ["sources.1.url"]),
        ({}, Answer(ENGLISH, sources=(Reference("https://a.example"),) * 21), ["sources"]),
        ({}, Answer(ENGLISH, sources=(Reference("https://a.example", "x" * 301),)), ["sources.0.title"]),
    ],
)
def test_answers_are_checked(settings, answer, wrong):
    assert paths(answer, **settings) == wrong


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://example.org/a?b=c#d", True),
        (" http://example.org ", True),
        ("https://[::1]:8080/", True),
        ("example.org", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https:///path", False),
        ("https://exa mple.org", False),
        ("https://[", False),
        ("https://a.example/" + "x" * 2_000, False),
    ],
)
def test_an_address_is_one_that_a_browser_opens(url, fine):
    assert (paths(Answer(ENGLISH, sources=(Reference(url),))) == []) is fine


def test_too_many_sources_do_not_fit_into_a_draft():
    with pytest.raises(InvalidAnswerError):
        KIND.decode_answer(msgspec.json.encode({"sources": [{"url": "https://a.example"}] * 101}))


@pytest.mark.parametrize(
    ("answer", "item", "settings", "asked"),
    [
        (Answer(ENGLISH), ITEM, {}, []),
        (Answer(SPANISH), ITEM, {}, []),
        (Answer(SPANISH), ITEM, {"language": "es-AR"}, []),
        (Answer(ENGLISH), ITEM, {"language": "es"}, ["language:en"]),
        (Answer(ENGLISH), replace(ITEM, language="en"), {"language": "es"}, []),
        (Answer(SPANISH), replace(ITEM, language="en"), {"language": "es"}, ["language:es"]),
        (Answer("42"), ITEM, {"language": "es"}, []),
        (Answer("```\nfor each item in the list of items print the name of it\n```"), ITEM, {"language": "es"}, []),
        (Answer(f"{ASKED.content} "), ITEM, {}, ["repeats_prompt:response"]),
        (Answer(ENGLISH, sources=(WIKI, Reference(title="Book"), WIKI)), ITEM, {}, ["source_twice:1"]),
    ],
)
def test_slips_are_asked_about(answer, item, settings, asked):
    assert codes(answer, item, **settings) == asked


def test_a_question_names_languages_in_the_readers_language():
    (question,) = KIND.questions(Settings(language="es"), ITEM, (), Answer(ENGLISH))
    with speaking("en"):
        assert "English" in str(question.text)
    with speaking("es"):
        assert "español" in str(question.text)


def test_a_demonstration_brings_outline_and_sources():
    answer = Answer(ENGLISH, outline=" air\n", sources=(WIKI, Reference(title=" A book ")))
    (row,) = KIND.content_rows(Settings(), ITEM, (), answer, PROVENANCE)
    assert row == Demonstration(
        prompt=(ASKED,),
        completion=ENGLISH,
        provenance=PROVENANCE,
        outline="air",
        sources=(WIKI, Reference("", "A book")),
    )


def test_agreement_compares_texts_and_sources():
    one = Answer(ENGLISH, sources=(WIKI, Reference(title="A book")))
    other = Answer(SPANISH, sources=(Reference(WIKI.url + "/"),))
    found = {measure.key: measure.value for measure in KIND.agreement(Settings(), [[one, other]])}
    assert found["sources"] == 0.5
    assert found["text_similarity"] < 0.1
    assert [measure.key for measure in KIND.agreement(Settings(sources="off"), [[one, other]])] == ["text_similarity"]


def test_changes_are_told_in_the_words_of_the_form():
    before = Answer(ENGLISH, sources=(WIKI,))
    after = replace(before, response=ENGLISH + " Red passes.", sources=(WIKI, Reference(title="A book")))
    found = KIND.changes(Settings(), (), before, after)
    assert [change.path for change in found] == ["response", "sources"]
    assert any(segment.kind == "ins" for segment in found[0].segments)
    assert found[1].after == f"Rayleigh scattering {WIKI.url}; A book"
