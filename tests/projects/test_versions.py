"""Forms and guidelines: versions, what changed, who has read them, and who sees what."""

import asyncio

import pytest
from sqlalchemy import update

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.llms.tables import LanguageModel
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.projects.operations import (
    StaleFormError,
    StaleGuidelinesError,
    acknowledge_guidelines,
    change_form,
    change_guidelines,
    open_project,
)
from preceptor.projects.queries import (
    NoSuchFormError,
    NoSuchGuidelinesError,
    NoSuchProjectError,
    access_form,
    access_guidelines,
    access_project,
    acknowledged_versions,
    count_readers,
    guidelines_changes,
    list_guidelines_versions,
)


async def form(db, slug, settings, expected, actor=SYSTEM):
    async with db.write() as session:
        return await change_form(session, actor=actor, slug=slug, settings=settings, expected_version=expected)


async def guidelines(db, slug, text, expected, note="", actor=SYSTEM):
    async with db.write() as session:
        return await change_guidelines(
            session, actor=actor, slug=slug, markdown=text, change_note=note, expected_version=expected
        )


async def opened(db, project):
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=project.slug)
    return project


async def test_a_form_gets_a_version_when_it_says_something_new(db, make_project, happened):
    made = await make_project()
    assert await form(db, made.slug, {"responses": 4}, 1) == 1  # the default, spelt out
    assert await form(db, made.slug, {"responses": 3}, 1) == 2
    async with db.read() as session:
        old = await access_form(session, actor=SYSTEM, slug=made.slug, version=1)
        new = await access_form(session, actor=SYSTEM, slug=made.slug)
        with pytest.raises(NoSuchFormError):
            await access_form(session, actor=SYSTEM, slug=made.slug, version=3)
    assert (old.settings["responses"], new.settings["responses"], new.version) == (4, 3, 2)
    assert await happened(made.id) == ["projects.added", "projects.form_changed"]


async def test_of_two_who_change_a_form_at_once_one_is_told(db, make_project):
    made = await make_project()
    answers = await asyncio.gather(
        *(form(db, made.slug, {"responses": number}, 1) for number in (2, 3)), return_exceptions=True
    )
    assert sorted(str(type(answer).__name__) for answer in answers) == ["StaleFormError", "int"]
    stale = next(answer for answer in answers if isinstance(answer, StaleFormError))
    assert (stale.status, stale.extra) == (409, {"version": 2})


async def test_bad_forms_are_refused_with_the_kinds_paths(db, make_project):
    made = await make_project()
    for settings, path in (({"responses": 99}, "responses"), ({"positions": [{"model": "gone"}]}, "models")):
        with pytest.raises(InvalidError) as error:
            await form(db, made.slug, settings, 1)
        assert [problem.path for problem in error.value.fields] == [path]
    with pytest.raises(NoSuchProjectError):
        await form(db, "nothing", {}, 1)


async def test_an_open_project_takes_no_form_whose_model_is_switched_off(db, ready_project, model):
    made = await opened(db, await ready_project())
    async with db.write() as session:
        await session.execute(update(LanguageModel).values(enabled=False))
    with pytest.raises(InvalidError):
        await form(db, made.slug, {"positions": [{"model": model}]}, 1)


async def test_names_of_models_are_for_managers_and_clients(db, ready_project, make_person, team_id, client_id):
    made = await opened(db, await ready_project())
    for actor, knows in (
        (await make_person("manager"), True),
        (await make_person("client", client=client_id), True),
        (await make_person("trainer", team=team_id), False),
        (await make_person("reviewer"), False),
    ):
        async with db.read() as session:
            seen = await access_form(session, actor=actor, slug=made.slug)
        assert ("positions" in seen.settings) is knows


async def test_guidelines_get_a_version_when_their_text_changes(db, make_project, happened):
    made = await make_project(guidelines="Be kind.")
    assert await guidelines(db, made.slug, "Be kind.\r\n", 1) == 1
    assert await guidelines(db, made.slug, "Be kind and brief.", 1, note="Brevity") == 2
    with pytest.raises(StaleGuidelinesError) as error:
        await guidelines(db, made.slug, "Be rude.", 1)
    assert error.value.extra == {"version": 2}
    async with db.read() as session:
        assert (await access_guidelines(session, actor=SYSTEM, slug=made.slug)).markdown == "Be kind and brief."
        assert (await access_guidelines(session, actor=SYSTEM, slug=made.slug, version=1)).markdown == "Be kind."
        for version in (0, 3):
            with pytest.raises(NoSuchGuidelinesError):
                await access_guidelines(session, actor=SYSTEM, slug=made.slug, version=version)
    assert await happened(made.id) == ["projects.added", "projects.guidelines_changed"]


async def test_guidelines_that_cannot_be_kept(db, ready_project):
    made = await opened(db, await ready_project())
    for text, note, path in (("", "", "markdown"), ("\0", "", "markdown"), ("x", "x" * 2_001, "change_note")):
        with pytest.raises(InvalidError) as error:
            await guidelines(db, made.slug, text, 1, note)
        assert [problem.path for problem in error.value.fields] == [path]


async def test_changes_are_shown_word_by_word_with_their_notes(db, ready_project, make_person, team_id):
    made = await opened(db, await ready_project(guidelines="Rate all four."))
    manager = await make_person("manager", name="Mara")
    await guidelines(db, made.slug, "Rate all of them.", 1, note="Fewer models", actor=manager)
    await guidelines(db, made.slug, "Rate all of them fairly.", 2)
    trainer = await make_person("trainer", team=team_id)
    async with db.read() as session:
        changes = await guidelines_changes(session, actor=trainer, slug=made.slug, before=1)
        none = await guidelines_changes(session, actor=trainer, slug=made.slug, before=3)
        with pytest.raises(NoSuchGuidelinesError):
            await guidelines_changes(session, actor=trainer, slug=made.slug, before=0)
        history = await list_guidelines_versions(session, actor=manager, slug=made.slug)
        with pytest.raises(MissingPermissionError):
            await list_guidelines_versions(session, actor=trainer, slug=made.slug)
    assert (changes.before, changes.after) == (1, 3)
    assert "".join(part.text for part in changes.segments if part.kind != "del") == "Rate all of them fairly."
    assert [(note.version, note.note, note.by) for note in changes.notes] == [(3, "", ""), (2, "Fewer models", "Mara")]
    assert none.notes == []
    assert {part.kind for part in none.segments} == {"same"}
    assert [note.version for note in history] == [3, 2, 1]


async def test_acknowledging(db, ready_project, make_person, team_id, happened):
    made = await opened(db, await ready_project())
    await guidelines(db, made.slug, "Be kinder.", 1)
    trainer, other = await make_person("trainer", team=team_id), await make_person("trainer", team=team_id)
    await make_person("manager", team=team_id)

    async def acknowledge(version, actor=trainer):
        async with db.write() as session:
            await acknowledge_guidelines(session, actor=actor, slug=made.slug, version=version, now=utc_now())
        async with db.read() as session:
            return (await acknowledged_versions(session, actor=actor, project_ids=[made.id])).get(made.id, 0)

    async with db.read() as session:
        assert await acknowledged_versions(session, actor=trainer, project_ids=[made.id]) == {}
    assert await acknowledge(1) == 1
    assert await acknowledge(2) == 2
    assert await acknowledge(2) == 2
    assert await acknowledge(1) == 2
    with pytest.raises(NoSuchGuidelinesError):
        await acknowledge(3)
    with pytest.raises(NoSuchProjectError):
        await acknowledge(1, await make_person("trainer"))
    assert (await happened(made.id)).count("projects.guidelines_acknowledged") == 2
    assert await acknowledge(1, other) == 1
    async with db.read() as session:
        readers = await count_readers(session, actor=SYSTEM, slug=made.slug)
        assert (readers.trainers, readers.acknowledged) == (2, 1)
        with pytest.raises(MissingPermissionError):
            await count_readers(session, actor=trainer, slug=made.slug)


async def test_versions_stay_with_their_project(db, make_project):
    one, two = await make_project(), await make_project()
    await guidelines(db, one.slug, "New", 1)
    async with db.read() as session:
        assert (await access_project(session, actor=SYSTEM, slug=two.slug)).guidelines_version == 1
        with pytest.raises(NoSuchGuidelinesError):
            await access_guidelines(session, actor=SYSTEM, slug=two.slug, version=2)
