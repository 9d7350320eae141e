"""Endpoints and models over the API."""

import pytest

from preceptor.lib.embedded.practice import practice_server
from preceptor.lib.ids import new_id
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory

API = "/api/v1"
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


async def add_endpoint(client, practice, **values):
    body = {"name": "Practice", "base_url": practice.url, "key": practice.key, **values}
    return await client.post(f"{API}/endpoints", json=body)


async def add_model(client, endpoint_id, **values):
    body = {"slug": "p", "name": "P", "endpoint_id": endpoint_id, "model_name": "practice", **values}
    return await client.post(f"{API}/models", json=body)


async def test_an_operator_sets_up_and_tries_a_model(operator, practice):
    answer = await add_endpoint(operator, practice)
    assert answer.status_code == 201, answer.text
    endpoint = f"{API}/endpoints/{answer.json()['id']}"
    checked = (await operator.post(f"{endpoint}/check")).json()
    assert checked["endpoint"]["health"] == "ok"
    assert checked["problem"] is None
    assert "practice" in checked["served"]

    answer = await add_model(operator, answer.json()["id"], parameters={"max_tokens": 30})
    model = f"{API}/models/{answer.json()['id']}"
    tried = await operator.post(f"{model}/try", json={"prompt": "Why?", "parameters": {"max_tokens": 4}, "seed": 1})
    assert tried.status_code == 200
    assert len(tried.json()["text"].split()) == 4
    assert tried.json()["final"]["finish_reason"] == "length"
    assert tried.json()["parameters"] == {"max_tokens": 4}

    changed = await operator.patch(model, json={"name": "Better", "enabled": False})
    assert (changed.json()["name"], changed.json()["usable"]) == ("Better", False)
    assert (await operator.get(f"{API}/models?usable=true")).json() == {"models": []}
    refused = await operator.post(f"{model}/try", json={"prompt": "Why?"})
    assert (refused.status_code, refused.json()["code"]) == (503, "model_disabled")


async def test_a_broken_model_tells_the_operator_why(operator, practice):
    endpoint_id = (await add_endpoint(operator, practice)).json()["id"]
    model_id = (await add_model(operator, endpoint_id, model_name="practice-broken")).json()["id"]
    answer = await operator.post(f"{API}/models/{model_id}/try", json={"prompt": "Why?"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["technical"] == "HTTP 500: broken on purpose"


async def test_keys_go_in_and_never_come_out(operator, practice):
    created = await add_endpoint(operator, practice, key=SECRET)
    path = f"{API}/endpoints/{created.json()['id']}"
    answers = [
        created,
        await operator.get(path),
        await operator.get(f"{API}/endpoints"),
        await operator.patch(path, json={"timeout_seconds": 9}),
        await operator.post(f"{path}/check"),
        await operator.post(f"{API}/endpoints", json={"name": "x", "base_url": "no", "key": SECRET}),
        await operator.post(f"{API}/endpoints", json={"name": "x", "base_url": "http://x", "key": [SECRET]}),
        await operator.patch(path, json={"base_url": "https://elsewhere.example"}),
    ]
    assert all(SECRET not in answer.text for answer in answers)
    assert answers[1].json()["has_key"] is True
    assert answers[3].json()["timeout_seconds"] == 9
    assert [answer.status_code for answer in answers[5:]] == [422, 422, 422]
    assert (await operator.patch(path, json={"key": ""})).json()["has_key"] is False


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": ""}, "name"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"concurrency": 1_000_000}, "concurrency"),
        ({"timeout_seconds": "soon"}, None),
        ({"colour": "red"}, None),
    ],
)
async def test_bad_endpoints(operator, practice, body, path):
    answer = await add_endpoint(operator, practice, **body)
    assert answer.status_code in {400, 422}
    if path:
        assert answer.json()["fields"][0]["path"] == path


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"slug": "Ä"}, "slug"),
        ({"context_tokens": 0}, "context_tokens"),
        ({"parameters": {"temperature": 9}}, "parameters.temperature"),
        ({"parameters": {"unheard": 9}}, "parameters.unheard"),
        ({"model_name": " "}, "model_name"),
    ],
)
async def test_bad_models(operator, practice, body, path):
    endpoint_id = (await add_endpoint(operator, practice)).json()["id"]
    answer = await add_model(operator, endpoint_id, **body)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == path


async def test_unknown_ids_and_taken_names(operator, practice):
    endpoint_id = (await add_endpoint(operator, practice)).json()["id"]
    assert (await add_endpoint(operator, practice)).status_code == 409
    await add_model(operator, endpoint_id)
    assert (await add_model(operator, endpoint_id)).json()["code"] == "model_slug_taken"
    assert (await add_model(operator, str(new_id()), slug="q")).status_code == 404
    for path in (f"endpoints/{new_id()}", f"models/{new_id()}"):
        assert (await operator.get(f"{API}/{path}")).status_code == 404
        assert (await operator.patch(f"{API}/{path}", json={"name": "x"})).status_code == 404
    assert (await operator.post(f"{API}/models/{new_id()}/try", json={"prompt": "x"})).status_code == 404


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "manager"])
async def test_who_may(operator, as_role, practice, role):
    endpoint_id = (await add_endpoint(operator, practice)).json()["id"]
    model_id = (await add_model(operator, endpoint_id)).json()["id"]
    other = await as_role(role)
    reads = 200 if role == "manager" else 403
    for path in ("endpoints", "models", f"endpoints/{endpoint_id}", f"models/{model_id}"):
        assert (await other.get(f"{API}/{path}")).status_code == reads
    assert (await add_endpoint(other, practice, name="Other")).status_code == 403
    assert (await add_model(other, endpoint_id, slug="other")).status_code == 403
    assert (await other.patch(f"{API}/models/{model_id}", json={"enabled": False})).status_code == 403
    assert (await other.patch(f"{API}/endpoints/{endpoint_id}", json={"enabled": False})).status_code == 403
    assert (await other.post(f"{API}/endpoints/{endpoint_id}/check")).status_code == 403
    assert (await other.post(f"{API}/models/{model_id}/try", json={"prompt": "x"})).status_code == 403


async def test_nobody_is_asked_to_sign_in(client):
    assert (await client.get(f"{API}/models")).status_code == 401
