"""The manager's pages about projects, as a browser sends and gets them."""

import re
from html import unescape

from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import open_project
from preceptor.projects.queries import access_form, access_guidelines, access_project


def fields_of(html):
    """Names and values of the form's fields as a browser would send them: templates left out, boxes where ticked."""
    html = re.sub(r"<template>.*?</template>", "", html, flags=re.DOTALL)
    found = []
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        box = attributes.get("type") in {"checkbox", "radio"}
        if "name" in attributes and (not box or re.search(r"\schecked[\s>]", tag)):
            found.append((attributes["name"], unescape(attributes.get("value", ""))))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        found.append((name, unescape(inner)))
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner) or re.search(r'<option value="([^"]*)"', inner)
        found.append((name, unescape(chosen[1]) if chosen else ""))
    return found


async def send(client, address, fields):
    data = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return await client.post(address, data=data)


def changed(fields, **values):
    given = {name.replace("__", "."): value for name, value in values.items()}
    return [(name, value) for name, value in fields if name not in given] + list(given.items())


async def project_of(db, slug):
    async with db.read() as session:
        return await access_project(session, actor=SYSTEM, slug=slug)


async def test_a_project_is_made_with_what_the_form_shows(as_role, db, client_id, team_id, model):
    manager = await as_role("manager")
    shown = await manager.get("/projects/new")
    assert shown.status_code == 200
    fields = changed(
        fields_of(shown.text),
        title="Kind answers",
        rate="17,50",
        currency="EUR",
        client_id=str(client_id),
        team_ids=str(team_id),
        rules__review_percent="12.5",
        settings__responses="3",
        settings__positions__0__model=model,
    )
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 303, unescape(answer.text)
    assert answer.headers["location"] == "/projects/kind-answers/guidelines"
    project = await project_of(db, "kind-answers")
    assert project.rate == Money(1_750, "EUR")
    assert (project.rules.review_share, project.rules.cap_minutes) == (0.125, None)
    assert [team.id for team in project.teams] == [team_id]
    async with db.read() as session:
        form = await access_form(session, actor=SYSTEM, slug="kind-answers")
    assert form.settings["responses"] == 3
    assert [position["model"] for position in form.settings["positions"]] == [model]
    assert len(form.settings["errors"]) == 14
    assert form.settings["errors"][0]["label"] == {"en": "Factual inaccuracy", "es": "Error de hecho"}


async def test_content_is_announced_and_taken_back_by_the_form(as_role, db, ready_project):
    made = await ready_project()
    manager = await as_role("manager")
    address = f"/projects/{made.slug}/settings"
    for chosen in (["hate", "self_harm"], []):
        shown = fields_of((await manager.get(address)).text)
        unchecked = [(name, value) for name, value in shown if name != "rules.categories" or not value]
        answer = await send(manager, address, [*unchecked, *(("rules.categories", name) for name in chosen)])
        assert answer.status_code == 303, unescape(answer.text)
        assert [one.value for one in (await project_of(db, made.slug)).rules.categories] == chosen


async def test_saving_what_is_shown_changes_nothing(as_role, db, ready_project, happened):
    made = await ready_project()
    manager = await as_role("manager")
    address = f"/projects/{made.slug}/settings"
    before = await happened(made.id)
    answer = await send(manager, address, fields_of((await manager.get(address)).text))
    assert answer.status_code == 303, unescape(answer.text)
    assert await happened(made.id) == before
    assert (await project_of(db, made.slug)).form_version == 1


async def test_a_changed_form_is_a_new_version(as_role, db, ready_project):
    made = await ready_project()
    manager = await as_role("manager")
    address = f"/projects/{made.slug}/settings"
    shown = fields_of((await manager.get(address)).text)
    kept = [(name, value) for name, value in shown if not name.startswith("settings.errors.3.")]
    answer = await send(manager, address, changed(kept, title="New title", rules__unpaid="true"))
    assert answer.status_code == 303, unescape(answer.text)
    project = await project_of(db, made.slug)
    assert (project.title, project.form_version, project.rate) == ("New title", 2, Money(0, "EUR"))
    async with db.read() as session:
        form = await access_form(session, actor=SYSTEM, slug=made.slug)
    assert [tag["key"] for tag in form.settings["errors"]][2:4] == ["misleading", "grammar"]
    stale = await send(manager, address, changed(shown, settings__responses="7", title="Mine"))
    assert stale.status_code == 409
    assert "Somebody else changed this form" in stale.text
    assert 'value="Mine"' in stale.text
    assert (await project_of(db, made.slug)).title == "New title"


BAD_INPUT = [
    ({"title": ""}, "This is needed."),
    ({"rate": "1,500"}, "Give an amount such as 17.50"),
    ({"rate": "much"}, "Give an amount such as 17.50"),
    ({"currency": "ABC"}, "no currency of this code"),
    ({"rules__answers_per_item": "50"}, "Give a number from 1 to 20."),
    ({"rules__answers_per_item": "few"}, "Give a whole number."),
    ({"rules__review_percent": "101"}, "Give a number from 0 to 1."),
    ({"settings__responses": "9"}, "Give a number from 2 to 8."),
    ({"settings__errors__1__key": "Not A Key"}, "Use small letters"),
    ({"settings__positions__0__model": "gone"}, "“gone” is not ready"),
    ({"surprise": "1"}, "This field is not known here."),
    ({"client_id": ""}, "Choose a client organisation."),
    ({"team_ids": "00000000-0000-0000-0000-000000000000"}, "There is no such team."),
    ({"title": "<script>alert(1)</script>" * 9}, "Give 1 to 160 characters."),
]


async def test_bad_input_comes_back_with_words_and_nothing_lost(as_role, client_id, model):
    manager = await as_role("manager")
    shown = fields_of((await manager.get("/projects/new")).text)
    for change, words in BAD_INPUT:
        fields = changed(shown, **{"title": "T", "brief": "Typed with care.", "client_id": str(client_id), **change})
        answer = await send(manager, "/projects/new", fields)
        assert answer.status_code == 422, change
        assert words in unescape(answer.text), change
        assert "Typed with care." in answer.text
        assert "<script>alert" not in answer.text


async def test_pages_are_for_managers(as_role, client, ready_project):
    made = await ready_project()
    pages = ["/projects", "/projects/new", *(f"/projects/{made.slug}/{part}" for part in ("settings", "guidelines"))]
    pages += [f"/projects/{made.slug}/state", f"/projects/{made.slug}/guidelines/history"]
    trainer = await as_role("trainer")
    for path in pages:
        assert (await client.get(path)).status_code == 401
        assert (await trainer.get(path)).status_code in {403, 404}
    manager = await as_role("manager")
    for path in pages:
        assert (await manager.get(path)).status_code == 200, path
        assert (await manager.get(path.replace(made.slug, "nothing"))).status_code in {200, 404}
    for path in (f"/projects/{made.slug}/settings", f"/projects/{made.slug}/state", "/projects/new"):
        assert (await trainer.post(path, data={"to": "open"})).status_code == 403


async def test_the_list_is_filtered(as_role, make_project, db):
    await make_project(title="Winter poems")
    await make_project(title="Summer <b>maths</b>")
    manager = await as_role("manager")
    page = (await manager.get("/projects")).text
    assert "Winter poems" in page
    assert "Summer &lt;b&gt;maths" in page
    assert "Winter" not in (await manager.get("/projects?q=summer")).text
    assert "No project is like that" in (await manager.get("/projects?state=open")).text
    assert (await manager.get("/projects?state=odd&client=odd")).status_code == 200
    assert (await manager.get("/projects?cursor=odd")).status_code == 422
    for path in ("/projects?q=%00", "/projects/a%00b/state", "/people?q=%00", "/api/v1/projects?search=%00"):
        assert (await manager.get(path)).status_code == 422


async def test_an_empty_installation_asks_for_a_client_first(as_role):
    manager = await as_role("manager")
    assert "/people/clients" in (await manager.get("/projects")).text
    assert "There is none yet" in (await manager.get("/projects/new")).text


async def test_states_say_what_is_missing_and_what_follows(as_role, db, make_project, ready_project):
    manager = await as_role("manager")
    bare, ready = await make_project(title="Bare"), await ready_project(title="Ready")
    page = (await manager.get(f"/projects/{bare.slug}/state")).text
    assert "Choose at least one team" in page
    assert 'value="open"' not in page
    answer = await manager.post(f"/projects/{bare.slug}/state", data={"to": "open"})
    assert answer.status_code == 422
    assert "Choose at least one team" in answer.text
    for to in ("open", "paused", "closed", "paused"):
        answer = await manager.post(f"/projects/{ready.slug}/state", data={"to": to})
        assert answer.status_code == 303
        assert (await project_of(db, ready.slug)).state == to
    assert (await manager.post(f"/projects/{bare.slug}/state", data={"to": "paused"})).status_code == 409
    assert (await manager.post(f"/projects/{bare.slug}/state", data={"to": "odd"})).status_code == 422
    assert (await manager.post("/projects/nothing/state", data={"to": "open"})).status_code == 404


async def test_guidelines_are_written_previewed_and_compared(as_role, db, ready_project):
    made = await ready_project(guidelines="Be kind.")
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    manager = await as_role("manager")
    address = f"/projects/{made.slug}/guidelines"
    fields = fields_of((await manager.get(address)).text)
    text = "Be *kind* and brief. <script>alert(1)</script>"
    preview = await manager.post(f"{address}/preview", data={"markdown": text}, headers={"HX-Request": "true"})
    assert "<em>kind</em>" in preview.text
    assert "<script" not in preview.text
    assert "<html" not in preview.text
    answer = await send(manager, address, changed(fields, markdown=text, change_note="Brevity"))
    assert answer.status_code == 303
    async with db.read() as session:
        assert (await access_guidelines(session, actor=SYSTEM, slug=made.slug)).markdown == text
    late = await send(manager, address, changed(fields, markdown="Mine, typed with care."))
    assert late.status_code == 409
    assert "Mine, typed with care." in late.text
    assert (await send(manager, address, changed(fields, expected_version="2", markdown=""))).status_code == 422
    history = (await manager.get(f"{address}/history")).text
    assert "Brevity" in history
    assert "<ins>" in history
    assert (await manager.get(f"{address}/history?version=1")).status_code == 200
    assert (await manager.get(f"{address}/history?version=9")).status_code == 404
    assert (await manager.get(f"{address}/history?version=2&before=1")).status_code == 200
