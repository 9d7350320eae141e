"""The short way answers as the framework does, and takes only what is plainly in order."""

from uuid import uuid4

import pytest
from litestar import Litestar

from preceptor.lib.web import Express
from tests.work.conftest import answer_to, make_world

__all__ = ["make_world"]

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def ways(app: Litestar, monkeypatch):
    """Which requests went which way: `short` is counted by the routes' own answers."""
    taken: list[str] = []
    express = app.asgi_handler
    assert isinstance(express, Express)
    framework = express._app

    async def long_way(scope, receive, send):
        if scope["type"] == "http":
            taken.append(scope["path"].rpartition("/")[2])
        await framework(scope, receive, send)

    monkeypatch.setattr(express, "_app", long_way)
    return taken


@pytest.fixture
def long_way_only(app: Litestar):
    """Switch the short way off and on again."""
    express = app.asgi_handler
    routes = dict(express._routes)

    def switch(*, off: bool) -> None:
        express._routes = {} if off else routes

    return switch


KEPT = ("content-type", "x-content-type-options", "cache-control", "content-security-policy")


async def test_both_ways_answer_alike(make_world, as_role, team_id, long_way_only):
    world = await make_world(items=2)
    client = await as_role("trainer", team=team_id)
    view = (await client.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})).json()
    path = f"/api/v1/assignments/{view['id']}"
    asked = [
        ("POST", f"/api/v1/projects/{world.terms.slug}/claim", {}),
        ("POST", "/api/v1/projects/nowhere/claim", {}),
        ("POST", f"/api/v1/projects/{world.terms.slug}/claim", {"unknown": 1}),
        ("PUT", f"{path}/draft", {"version": 0, "content": {}}),
        ("PUT", f"{path}/draft", {"version": 1, "content": {"surprise": 1}}),
        ("PUT", f"{path}/draft", {"version": 1, "content": 3}),
        ("PUT", f"{path}/draft", {"version": "x", "content": {}}),
        ("PUT", f"/api/v1/assignments/{NOBODY}/draft", {"version": 1, "content": {}}),
        ("PUT", "/api/v1/assignments/no-id/draft", {"version": 1, "content": {}}),
        ("POST", f"{path}/submit", {"key": str(uuid4()), "content": answer_to(view, ideal="")}),
        ("POST", f"{path}/submit", {"key": "no key", "content": {}}),
        ("POST", f"{path}/beat", {"inputs": [-1]}),
    ]
    for method, address, body in asked:
        answers = []
        for off in (False, True):
            long_way_only(off=off)
            answers.append(await client.request(method, address, json=body))
        short, long = answers
        assert short.status_code == long.status_code, (address, short.text, long.text)
        assert short.json() == long.json(), address
        kept = KEPT if short.is_success else KEPT[:1]
        assert [short.headers.get(name) for name in kept] == [long.headers.get(name) for name in kept]


async def test_questions_are_asked_in_the_readers_language_on_both_ways(make_world, as_role, team_id, long_way_only):
    world = await make_world()
    client = await as_role("trainer", team=team_id)
    view = (await client.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})).json()
    answer = answer_to(view, ideal=view["turns"][0]["responses"][0]["text"])
    told = {}
    for language in ("en", "es"):
        for off in (False, True):
            long_way_only(off=off)
            refused = await client.post(
                f"/api/v1/assignments/{view['id']}/submit",
                json={"key": str(uuid4()), "content": answer},
                headers={"accept-language": language},
            )
            assert (refused.status_code, refused.json()["code"]) == (409, "questions"), refused.text
            told[language, off] = [question["text"] for question in refused.json()["questions"]]
    assert told["en", False] == told["en", True] != told["es", False] == told["es", True]


async def test_only_what_is_in_order_goes_the_short_way(make_world, as_role, team_id, ways, open_client):
    world = await make_world()
    client = await as_role("trainer", team=team_id)
    address = f"/api/v1/projects/{world.terms.slug}/claim"
    await client.post(address, json={})
    ways.clear()
    view = (await client.post(address, json={})).json()
    draft = f"/api/v1/assignments/{view['id']}/draft"
    body = {"version": 1, "content": {}}
    assert (await client.put(draft, json=body)).status_code == 200
    assert ways == []
    forged = await client.put(draft, json=body, headers={"x-csrf-token": "forged"})
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf")
    stranger = await open_client()
    assert (await stranger.put(draft, json=body)).status_code in {401, 403}
    assert (await client.put(draft, content=b"{", headers={"content-type": "application/json"})).status_code == 400
    large = {"version": 2, "content": {"next_prompt": "x" * 300_000}}
    assert (await client.put(draft, json=large)).status_code == 422
    assert ways == ["draft"] * 4


async def test_large_answers_are_compressed_for_who_wants_it(make_world, as_role, team_id, ways):
    world = await make_world()
    client = await as_role("trainer", team=team_id)
    address = f"/api/v1/projects/{world.terms.slug}/claim"
    await client.post(address, json={})
    ways.clear()
    packed = await client.post(address, json={}, headers={"accept-encoding": "gzip"})
    plain = await client.post(address, json={}, headers={"accept-encoding": "identity"})
    assert ways == []
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["id"] == plain.json()["id"]
