"""Reviews through the JSON API, and what must be refused."""

from uuid import uuid4

import pytest

from preceptor.lib.ids import new_id


@pytest.fixture
async def mine(as_role):
    """A client of a reviewer."""
    return await as_role("reviewer")


async def claim(client, **given):
    return await client.post("/api/v1/reviews/claim", json=given)


async def test_from_the_inbox_to_the_verdict(bench, make_world, mine):
    world = await make_world()
    handed = [await bench.hand_in(world) for _ in range(2)]
    inbox = (await mine.get("/api/v1/reviews")).json()
    assert [project["open"] for project in inbox["projects"]] == [2]
    assert [row["trainer"] for row in inbox["reviews"]] == [one.trainer.pseudonym for one in handed]
    review = await claim(mine, project=world.terms.slug)
    assert review.status_code == 200, review.text
    view = review.json()
    assert view["answer"]["turns"][0]["ideal"] == handed[0].content["turns"][0]["ideal"]
    assert (await mine.get(f"/api/v1/reviews/{view['id']}")).json()["submission_id"] == view["submission_id"]
    assert (await mine.post(f"/api/v1/reviews/{view['id']}/renew")).json()["lease_until"] > view["lease_until"]
    assert len((await mine.get("/api/v1/reviews")).json()["held"]) == 1
    body = {"verdict": "return", "reason": "ideal", "note": "Say why.", "submission_id": view["submission_id"]}
    for _click in range(2):
        answer = await mine.post(f"/api/v1/reviews/{view['id']}/decide", json=body)
        assert (answer.status_code, answer.json()["verdict"]) == (200, "return"), answer.text
    other = await mine.post(f"/api/v1/reviews/{view['id']}/decide", json={"verdict": "accept"})
    assert (other.status_code, other.json()["code"]) == (409, "already_decided")
    assert await bench.state_of(handed[0]) == "returned"
    following = (await claim(mine)).json()
    assert (await mine.post(f"/api/v1/reviews/{following['id']}/release")).status_code == 204
    assert (await claim(mine, review_id=following["id"])).json()["state"] == "claimed"
    answer = await mine.post(f"/api/v1/reviews/{following['id']}/decide", json={"verdict": "accept"})
    assert answer.status_code == 200, answer.text
    empty = await claim(mine)
    assert (empty.status_code, empty.json()["code"], empty.json()["reason"]) == (404, "inbox_empty", "nothing")
    assert "Nothing waits" in empty.json()["detail"]


async def test_a_correction_through_the_api(bench, make_world, mine):
    handed = await bench.hand_in(await make_world())
    view = (await claim(mine)).json()
    content = {"turns": [{**view["answer"]["turns"][0], "ideal": "Cold air shrinks."}]}
    path = f"/api/v1/reviews/{view['id']}/decide"
    refused = await mine.post(path, json={"verdict": "correct", "content": view["answer"]})
    assert [field["path"] for field in refused.json().get("fields", [refused.text])] == ["content"], refused.text
    answer = await mine.post(path, json={"verdict": "correct", "content": content})
    assert answer.status_code == 200, answer.text
    assert (await bench.revisions(handed))[-1].id.hex == answer.json()["correction_id"].replace("-", "")
    shown = (await mine.get(f"/api/v1/reviews/{view['id']}")).json()
    assert [change["label"] for change in shown["changes"]] == ["Ideal response"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "perfect"}, 422),
        ({"verdict": "accept", "surprise": 1}, 422),
        ({"verdict": "return"}, 422),
        ({"verdict": "reject", "reason": "nonsense", "note": "n"}, 422),
        ({"verdict": "correct", "content": [1]}, 422),
        ({"verdict": "correct", "content": {"next_prompt": "a\x00b"}}, 422),
        ({"verdict": "accept", "submission_id": "no id"}, 422),
        ({}, 422),
    ],
)
async def test_bad_verdicts_are_told_what_is_wrong(bench, make_world, mine, body, status):
    await bench.hand_in(await make_world())
    view = (await claim(mine)).json()
    answer = await mine.post(f"/api/v1/reviews/{view['id']}/decide", json=body)
    assert answer.status_code in {status, 400}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await mine.get(f"/api/v1/reviews/{view['id']}")).json()["state"] == "claimed"


async def test_malformed_and_huge_bodies(bench, make_world, mine):
    await bench.hand_in(await make_world())
    path = f"/api/v1/reviews/{(await claim(mine)).json()['id']}/decide"
    answer = await mine.post(path, content=b'{"verdict":', headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    answer = await mine.post(path, json={"verdict": "accept", "note": "x" * 3_000_000})
    assert answer.status_code == 413


async def test_others_are_kept_out(bench, make_world, as_role, mine, client):
    await bench.hand_in(await make_world())
    view = (await claim(mine)).json()
    path = f"/api/v1/reviews/{view['id']}"
    trainer = await as_role("trainer")
    for answer in (
        await trainer.get("/api/v1/reviews"),
        await trainer.get(path),
        await claim(trainer),
        await trainer.post(f"{path}/decide", json={"verdict": "accept"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")
    colleague = await as_role("reviewer")
    for action, body in (("decide", {"verdict": "accept"}), ("renew", None), ("release", None)):
        answer = await colleague.post(f"{path}/{action}", json=body)
        assert answer.status_code == 409, answer.text
    assert (await claim(colleague, review_id=view["id"])).json()["code"] == "review_taken"
    for method in (mine.get, mine.post):
        address = f"/api/v1/reviews/{new_id()}" + ("" if method == mine.get else "/release")
        assert (await method(address)).json()["code"] == "no_such_review"
    assert (await client.get("/api/v1/reviews")).status_code == 401
    del mine.headers["X-CSRF-Token"]
    answer = await mine.post(f"{path}/decide", json={"verdict": "accept"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_ones_own_work_is_not_found(bench, make_world, signed_in, make_person):
    world = await make_world()
    both = await make_person("trainer", "reviewer", team=world.team_id)
    await bench.hand_in(world, trainer=both)
    client = await signed_in(both)
    (review,) = await bench.reviews()
    path = f"/api/v1/reviews/{review.id}"
    assert (await client.get(path)).status_code == 404
    assert (await claim(client, review_id=str(review.id))).status_code == 404
    assert (await client.post(f"{path}/decide", json={"verdict": "accept"})).status_code == 404
    assert (await claim(client)).json()["reason"] == "own_work"


async def test_unknown_projects_and_damaged_cursors(mine):
    assert (await mine.get("/api/v1/reviews?project=nowhere")).json()["code"] == "no_such_project"
    assert (await claim(mine, project="nowhere")).status_code == 404
    assert (await mine.get("/api/v1/reviews?cursor=nonsense")).json()["code"] == "bad_cursor"
    assert (await claim(mine, review_id=str(uuid4()))).json()["code"] == "no_such_review"
