"""A form of a manager's own: by its page, by the API, from a document, and with a model that is not there."""

import json
import re
from html import unescape

import pytest

from preceptor.people.rules import SYSTEM
from preceptor.projects.queries import access_form
from tests.projects.test_pages import changed, fields_of, send

KIND = "custom_form"
QUESTION = {"key": "note", "field": "text", "label": {"en": "What is it?"}}
CONFIG = '<View><Text name="t" value="$t"/><Rating name="stars" toName="t"/><Audio name="a" value="$a"/></View>'


def builder_data(html):
    """What the page hands to the form builder."""
    found = re.search(r"<custom-form-builder>\s*<script[^>]*>(.*?)</script>", html, re.DOTALL)
    return json.loads(found[1])


async def form_of(db, slug):
    async with db.read() as session:
        return await access_form(session, actor=SYSTEM, slug=slug)


async def test_the_builder_is_given_every_installed_field_and_its_script(as_role, client_id):
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/new?kind={KIND}")
    data = builder_data(shown.text)
    assert data["name"] == "settings"
    assert [one["key"] for one in data["values"]["fields"]] == ["quality", "reason"]
    assert {"boxes", "choice", "spans"} <= {one["key"] for one in data["editor"]["fields"]}
    assert all("description" not in json.dumps(one["schema"]) for one in data["editor"]["fields"])
    assert re.search(r'<script type="module" src="[^"]*settings/custom_form-\w+\.js"', shown.text)
    other = await manager.get("/projects/new?kind=rate_responses")
    assert "settings/" not in re.sub(r'<script type="importmap".*?</script>', "", other.text, flags=re.DOTALL)


async def test_settings_travel_as_one_field_of_json(as_role, db, client_id, team_id):
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/new?kind={KIND}")
    fields = changed(
        fields_of(shown.text),
        title="Mail",
        rate="12",
        client_id=str(client_id),
        settings=json.dumps({"fields": [QUESTION]}),
    )
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 303, unescape(answer.text)
    form = await form_of(db, "mail")
    assert [one["key"] for one in form.settings["fields"]] == ["note"]
    again = await manager.get("/projects/mail/settings")
    assert builder_data(again.text)["values"] == form.settings
    kept = changed(fields_of(again.text), settings=json.dumps(form.settings))
    assert (await send(manager, "/projects/mail/settings", kept)).status_code == 303
    assert (await form_of(db, "mail")).version == 1


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (json.dumps({"fields": [{**QUESTION, "key": "Not a key"}]}), "fields.0.key"),
        (json.dumps({"fields": [{**QUESTION, "settings": {"min_words": 0}}]}), "fields.0.settings.min_words"),
        (json.dumps({"fields": [QUESTION], "responses": 1, "positions": [{"model": "gone"}]}), "models"),
        (json.dumps({"fields": "none"}), "fields"),
    ],
)
async def test_a_form_that_will_not_do_comes_back_whole_with_the_place(as_role, client_id, sent, path):
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/new?kind={KIND}")
    fields = changed(fields_of(shown.text), title="Mail", rate="12", client_id=str(client_id), settings=sent)
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 422
    data = builder_data(answer.text)
    assert data["values"] == json.loads(sent)
    assert [one["path"] for one in data["problems"]] == [path]
    assert f"#field-settings-{path.replace('.', '-')}" in answer.text


@pytest.mark.parametrize("sent", ["{", "[]", "3", '{"fields": [' + "[" * 5_000])
async def test_what_is_no_json_is_refused_and_shown_as_nothing(as_role, client_id, sent):
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/new?kind={KIND}")
    fields = changed(fields_of(shown.text), title="Mail", rate="12", client_id=str(client_id), settings=sent)
    answer = await send(manager, "/projects/new", fields)
    assert answer.status_code == 422
    assert builder_data(answer.text)["values"] == {}


async def test_hostile_words_stay_words(as_role, db, make_project):
    evil = "</script><img src=x onerror=alert(1)>"
    question = {**QUESTION, "label": {"en": evil}}
    made = await make_project(kind=KIND, settings={"fields": [question]})
    manager = await as_role("manager")
    shown = await manager.get(f"/projects/{made.slug}/settings")
    assert evil not in shown.text
    assert builder_data(shown.text)["values"]["fields"][0]["label"]["en"] == evil


async def test_the_api_reads_forms_from_documents(as_role):
    manager = await as_role("manager")
    read = f"/api/v1/kinds/{KIND}/settings"
    answer = await manager.post(read, json={"document": CONFIG})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [one["key"] for one in body["settings"]["fields"]] == ["stars"]
    assert body["left_out"] == ["<Audio a> is left out: there is nothing like it here."]
    assert body["problems"] == []
    doubtful = await manager.post(read, json={"document": json.dumps({"fields": [{**QUESTION, "label": {}}]})})
    assert [one["path"] for one in doubtful.json()["problems"]] == ["fields.0.label"]
    for wrong in ("<View", "no form", '{"no_such": 1}', '<!DOCTYPE a [<!ENTITY b "c">]><View/>'):
        refused = await manager.post(read, json={"document": wrong})
        assert refused.status_code == 422
        assert refused.json()["code"] == "invalid_settings"
    assert (await manager.post("/api/v1/kinds/no_such/settings", json={"document": "{}"})).status_code == 404
    # Any kind reads what it exports, without a line of its own.
    other = await manager.post("/api/v1/kinds/rate_responses/settings", json={"document": '{"responses": 3}'})
    assert other.json()["settings"]["responses"] == 3


async def test_only_those_who_make_projects_may_ask(as_role):
    for role in ("trainer", "reviewer"):
        person = await as_role(role)
        answer = await person.post(f"/api/v1/kinds/{KIND}/settings", json={"document": "{}"})
        assert answer.status_code == 403


async def test_the_try_out_shows_what_the_form_is_about(as_role, make_project):
    shown = {"fields": [QUESTION], "shown": [{"key": "mail"}]}
    made = await make_project(kind=KIND, settings=shown)
    manager = await as_role("manager")
    page = await manager.get(f"/projects/{made.slug}/try")
    assert page.status_code == 200
    data = json.loads(re.search(r'id="workbench-data">(.*?)</script>', page.text, re.DOTALL)[1])
    assert list(data["assignment"]["item"]["content"]["data"]) == ["mail"]
