"""The operator's pages for models and endpoints."""

import re

import pytest

from preceptor.lib.embedded.practice import practice_server
from preceptor.lib.ids import new_id
from preceptor.llms import operations as do
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.rules import SYSTEM

SECRET = "sk-super-secret-0123456789"


@pytest.fixture
def practice():
    with practice_server() as address:
        yield address


@pytest.fixture(autouse=True)
async def wired(app, db, settings):
    app.state.asker = Asker()
    app.state.directory = Directory(db, settings)
    yield
    await app.state.asker.close()


@pytest.fixture
async def operator(as_role):
    return await as_role("operator")


async def post(client, path, **fields):
    return await client.post(path, data={"csrf_token": client.headers["X-CSRF-Token"], **fields})


def endpoint_form(practice, **fields):
    return {
        "name": "Practice",
        "base_url": practice.url,
        "key": practice.key,
        "timeout_seconds": "5",
        "concurrency": "4",
        **fields,
    }


def model_form(endpoint_id, **fields):
    return {
        "name": "Small",
        "slug": "small",
        "endpoint_id": endpoint_id,
        "model_name": "practice",
        "context_tokens": "2048",
        "parameters.temperature": "0.5",
        "parameters.max_tokens": "",
        **fields,
    }


@pytest.fixture
async def endpoint_id(operator, practice):
    answer = await post(operator, "/models/endpoints/new", **endpoint_form(practice))
    assert answer.status_code == 200, answer.text
    return re.search(r"/models/endpoints/([0-9a-f-]{36})", answer.text)[1]


@pytest.fixture
async def model_id(operator, endpoint_id):
    answer = await post(operator, "/models/new", **model_form(endpoint_id))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


async def test_an_empty_installation_says_what_to_do(operator):
    answer = await operator.get("/models")
    assert answer.status_code == 200
    assert "Nothing can be asked yet" in answer.text
    assert "/models/endpoints/new" in answer.text


async def test_from_an_endpoint_to_an_answer(operator, practice):
    answer = await post(operator, "/models/endpoints/new", **endpoint_form(practice))
    assert answer.status_code == 200
    assert "Ready" in answer.text
    link = re.search(r'href="(/models/new\?[^"]*model=practice-slow)"', answer.text)[1].replace("&amp;", "&")
    form = await operator.get(link)
    assert 'value="practice-slow"' in form.text
    endpoint_id = re.search(r"endpoint=([0-9a-f-]+)", link)[1]
    assert f'<option value="{endpoint_id}" selected>' in form.text

    added = await post(operator, "/models/new", **model_form(endpoint_id, more='{"stop": ["\\n\\n"]}'))
    assert added.status_code == 303
    page = added.headers["location"]
    tried = await post(operator, page, prompt="Why do tires go flat?", seed="1")
    assert tried.status_code == 200, tried.text
    assert "Ended because" in tried.text
    assert "&#34;temperature&#34;:0.5" in tried.text.replace("&quot;", "&#34;")
    listed = (await operator.get("/models")).text
    assert "Small" in listed
    assert "Practice" in listed


async def test_keys_never_come_back(operator, practice, endpoint_id):
    page = f"/models/endpoints/{endpoint_id}"
    answers = [
        await post(operator, page, **endpoint_form(practice, key=SECRET)),
        await operator.get(page),
        await post(operator, f"{page}/check"),
        await post(operator, page, **endpoint_form(practice, key=SECRET, timeout_seconds="never")),
        await post(operator, "/models/endpoints/new", **endpoint_form(practice, key=SECRET, base_url="no")),
        await operator.get("/models"),
    ]
    assert [answer.status_code for answer in answers] == [303, 200, 200, 422, 422, 200]
    assert all(SECRET not in answer.text for answer in answers)
    assert "There is one. Leave this empty to keep it." in answers[1].text
    await post(operator, page, **endpoint_form(practice, key="", remove_key="true"))
    assert "There is one." not in (await operator.get(page)).text


async def test_an_endpoint_that_does_not_work_says_why(operator, practice):
    answer = await post(
        operator, "/models/endpoints/new", **endpoint_form(practice, base_url="http://127.0.0.1:1/v1", key="")
    )
    assert "Not working" in answer.text
    assert "Does not answer" in answer.text
    assert "1 endpoint does not work" in (await operator.get("/models")).text


async def test_what_was_typed_comes_back_with_what_is_wrong(operator, practice, endpoint_id):
    answer = await post(
        operator,
        "/models/new",
        **model_form(
            endpoint_id, slug="No Good", more='{"unheard": 1}', **{"parameters.temperature": "7", "name": "<b>Mine"}
        ),
    )
    assert answer.status_code == 422
    assert "&lt;b&gt;Mine" in answer.text
    assert "small letters" in answer.text.lower()
    again = await post(
        operator,
        "/models/new",
        **model_form(endpoint_id, more='{"unheard": 1}', **{"parameters.temperature": "7"}),
    )
    assert "unheard: This parameter is not known" in again.text
    assert "Between 0 and 2" in again.text
    broken = await post(operator, "/models/new", **model_form(endpoint_id, more="{"))
    assert "Give a JSON object" in broken.text
    taken = await post(operator, "/models/endpoints/new", **endpoint_form(practice))
    assert taken.status_code == 409
    assert "endpoint of this name already" in taken.text


async def test_switching_off_and_on(operator, endpoint_id, model_id):
    assert (await post(operator, f"/models/{model_id}/switch", enabled="false")).status_code == 303
    assert ">Off<" in (await operator.get("/models")).text
    assert "switched off" in (await post(operator, f"/models/{model_id}/try", prompt="Why?")).text
    await post(operator, f"/models/{model_id}/switch", enabled="true")
    await post(operator, f"/models/endpoints/{endpoint_id}/switch", enabled="false")
    assert "Endpoint off" in (await operator.get("/models")).text


async def test_changing_a_model(operator, endpoint_id, model_id):
    page = f"/models/{model_id}"
    form = model_form(endpoint_id, name="Larger", more='{"top_k": 3}', **{"parameters.temperature": "1.5"})
    del form["slug"]
    assert (await post(operator, page, **form)).status_code == 303
    shown = (await operator.get(page)).text
    assert 'value="Larger"' in shown
    assert 'value="1.5"' in shown
    assert "top_k" in shown


async def test_a_failing_model_shows_what_the_server_said(operator, endpoint_id):
    added = await post(operator, "/models/new", **model_form(endpoint_id, model_name="practice-broken"))
    tried = await post(operator, added.headers["location"], prompt="Why?")
    assert "HTTP 500: broken on purpose" in tried.text
    assert (await post(operator, added.headers["location"], prompt="")).status_code == 422
    assert (await post(operator, added.headers["location"], prompt="x", seed="many")).status_code == 422


async def test_hostile_answers_are_harmless(operator, endpoint_id):
    added = await post(operator, "/models/new", **model_form(endpoint_id, model_name="practice-script"))
    tried = await post(operator, added.headers["location"], prompt="Why?")
    assert "<script>document" not in tried.text
    assert "<img" not in tried.text
    assert 'href="javascript:' not in tried.text


async def test_the_embedded_endpoint_has_limits_only(operator, db):
    async with db.write() as session:
        await do.register_embedded(session, actor=SYSTEM, model_name="x", practice=True)
    listed = (await operator.get("/models")).text
    assert "Practice model (knows nothing)" in listed
    page = re.search(r"/models/endpoints/[0-9a-f-]{36}", listed)[0]
    shown = (await operator.get(page)).text
    assert 'name="base_url"' not in shown
    assert (await post(operator, page, timeout_seconds="60", concurrency="2")).status_code == 303
    refused = await post(operator, page, timeout_seconds="60", concurrency="2", base_url="http://x.example")
    assert refused.status_code == 409


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "manager"])
async def test_nobody_else_gets_in(operator, as_role, endpoint_id, model_id, practice, role):
    other = await as_role(role)
    pages = ["/models", "/models/new", "/models/endpoints/new", f"/models/{model_id}", f"/models/{model_id}/try"]
    for path in [*pages, f"/models/endpoints/{endpoint_id}"]:
        assert (await other.get(path)).status_code == 403, path
    for path, fields in {
        "/models/endpoints/new": endpoint_form(practice, name="Mine"),
        f"/models/endpoints/{endpoint_id}": endpoint_form(practice),
        f"/models/endpoints/{endpoint_id}/check": {},
        f"/models/endpoints/{endpoint_id}/switch": {"enabled": "false"},
        "/models/new": model_form(endpoint_id, slug="mine"),
        f"/models/{model_id}": model_form(endpoint_id),
        f"/models/{model_id}/switch": {"enabled": "false"},
        f"/models/{model_id}/try": {"prompt": "Why?"},
    }.items():
        assert (await post(other, path, **fields)).status_code == 403, path


async def test_unknown_ids(operator):
    for path in (f"/models/{new_id()}", f"/models/{new_id()}/try", f"/models/endpoints/{new_id()}", "/models/x"):
        assert (await operator.get(path)).status_code == 404
