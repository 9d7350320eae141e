"""Every kind's part of the manager's form: sent back as it is shown it gives the default settings, and it can change them."""

import pytest

from preceptor.kinds.registry import task_kind, task_kinds
from preceptor.people.rules import SYSTEM
from preceptor.projects.queries import access_form
from tests.projects.test_pages import changed, fields_of, send


async def made_with(as_role, db, client_id, kind, **settings):
    """The settings of a project that was made by the form, with some of its fields changed."""
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/new?kind={kind}")
    assert shown.status_code == 200
    fields = changed(
        fields_of(shown.text), title="Kind answers", rate="17.50", currency="EUR", client_id=str(client_id), **settings
    )
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 303, answer.text[-3000:]
    slug = answer.headers["location"].split("/")[2]
    async with db.read() as session:
        form = await access_form(session, actor=SYSTEM, slug=slug)
    return task_kind(kind).decode_settings(form.settings)


@pytest.mark.parametrize("kind", task_kinds())
async def test_a_form_sent_back_as_it_is_gives_the_default_settings(as_role, db, client_id, model, kind):
    made = await made_with(as_role, db, client_id, kind)
    assert made == task_kind(kind).default_settings()


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        (
            "compare_responses",
            {"settings__ties": "false", "settings__all_bad": "false", "settings__strength": "off",
             "settings__rationale": "required", "settings__question__en": "Which is kinder?"},
            {"ties": False, "all_bad": False, "strength": "off", "rationale": "required",
             "question": {"en": "Which is kinder?", "es": "¿Qué respuesta es mejor?"}},
        ),
        (
            "write_response",
            {"settings__min_words": "20", "settings__max_words": "80", "settings__language": "pt-BR",
             "settings__outline": "required", "settings__sources": "off"},
            {"min_words": 20, "max_words": 80, "language": "pt-BR", "outline": "required", "sources": "off"},
        ),
        (
            "continue_text",
            {"settings__way": "both", "settings__none_fits": "false", "settings__candidates": "5",
             "settings__min_words": "3", "settings__positions__0__temperature": "0.4"},
            {"way": "both", "none_fits": False, "candidates": 5, "min_words": 3},
        ),
    ],
)  # fmt: skip
async def test_what_is_changed_in_the_form_is_kept(as_role, db, client_id, model, kind, change, expected):
    made = await made_with(as_role, db, client_id, kind, **change)
    assert {name: getattr(made, name) for name in expected} == expected
    if kind == "continue_text":
        assert made.positions[0].temperature == 0.4
        assert made.positions[0].system_prompt == task_kind(kind).default_settings().positions[0].system_prompt


async def test_what_is_wrong_is_told_where_it_stands(as_role, client_id):
    manager = await as_role("manager")
    shown = await manager.get("/projects/new?kind=write_response")
    wrong = {"settings__min_words": "9", "settings__max_words": "8", "settings__language": "Spanish, please"}
    fields = changed(fields_of(shown.text), title="T", rate="1", currency="EUR", client_id=str(client_id), **wrong)
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 422
    assert "This is less than the smallest number of words." in answer.text
    assert "Give a language code such as" in answer.text
    assert 'value="Spanish, please"' in answer.text
