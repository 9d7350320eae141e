"""The control room of a project: its pages as a manager's browser gets them, and the same through the API."""

# ruff: noqa: F811 (a fixture is named again wherever it is asked for)

import re
from html import unescape
from uuid import uuid4

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import change_guidelines, close_project
from tests.quality.conftest import bench  # noqa: F401 (a fixture)
from tests.work.conftest import given_content, make_world  # noqa: F401 (a fixture)


@pytest.fixture
async def manager(as_role):
    return await as_role("manager")


def address(world, rest=""):
    return f"/projects/{world.terms.slug}{rest}"


async def shown(client, path, *, status=200):
    answer = await client.get(path)
    assert answer.status_code == status, unescape(answer.text)
    return " ".join(unescape(re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)).split())


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def reviewed(bench, world, verdict, **given):
    handed = await bench.hand_in(world)
    reviewer = await bench.person("reviewer")
    await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), verdict, **given)
    await bench.fold()
    return handed


# The overview.


async def test_the_overview_tells_how_far_the_project_is(make_world, bench, manager, db):
    world = await make_world(items=4, wanted=2)
    handed = await reviewed(bench, world, "accept")
    await bench.hand_in(world)
    at_work = await bench.trainer(world)
    await bench.desk.claim(actor=at_work, slug=world.terms.slug, prefetch=False, now=utc_now())
    async with db.write() as session:
        await change_guidelines(
            session, actor=SYSTEM, slug=world.terms.slug, markdown="# Be kinder", change_note="", expected_version=1
        )
    html = await shown(manager, address(world))
    page = words(html)
    assert "Accepted 1 of 8" in page
    assert "Waiting for a verdict 1" in page
    assert "At work now 1 5 open" in page
    assert handed.trainer.pseudonym in page
    assert "1 kept" in page
    assert at_work.pseudonym in page
    assert "guidelines v2" in page
    assert 'role="img"' in html
    assert " style=" not in html
    for part in ("/items", "/submissions", "/releases", "/settings", "/guidelines", "/state", "/try", "/items/new"):
        assert f'href="{address(world, part)}"' in html


async def test_an_empty_project_says_what_to_do(make_world, manager, db):
    world = await make_world(items=0)
    page = words(await shown(manager, address(world)))
    assert "It has no items." in page
    assert "No items yet" in page
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'draft'; UPDATE project SET rate_minor = 0")
    page = words(await shown(manager, address(world)))
    assert "missing before it can be opened" in page


async def test_parts_of_the_page_stand_alone(make_world, bench, manager):
    world = await make_world(items=1, wanted=2)
    for _one in range(2):
        await bench.hand_in(world)
    html = await shown(manager, address(world))
    assert f'hx-get="{address(world, "/agreement")}"' in html
    part = await shown(manager, address(world, "/agreement"))
    assert "<html" not in part
    assert "From 2 answers to the 1 items" in words(part)
    part = await shown(manager, address(world, "/at-work"))
    assert "<html" not in part
    assert "Nobody has a task open." in words(part)


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_the_control_room_is_for_managers(make_world, bench, as_role, team_id, role):
    world = await make_world(items=1)
    handed = await bench.hand_in(world)
    options = {"team": team_id} if role == "trainer" else {}
    client = await as_role(role, **options)
    for part in (
        "",
        "/at-work",
        "/agreement",
        "/items",
        "/items/new",
        f"/items/{world.item_ids[0]}",
        "/submissions",
        f"/submissions/{handed.assignment_id}",
        "/try",
    ):
        assert (await client.get(address(world, part))).status_code == 403, part
    answer = await client.post(address(world, "/items"), data={"action": "cancel", "item_id": str(world.item_ids[0])})
    assert answer.status_code == 403


async def test_nobody_is_asked_to_sign_in(make_world, client):
    world = await make_world(items=1)
    assert (await client.get(address(world))).status_code in {401, 303}
    assert (await client.get(f"/api/v1{address(world, '/counts')}")).status_code == 401


# Items.


async def test_items_are_listed_and_found(make_world, manager):
    world = await make_world(items=3)
    page = words(await shown(manager, address(world, "/items")))
    assert "(0)" in page
    assert "0 of 1" in page
    page = words(await shown(manager, address(world, "/items?q=reason+2+of+case+1")))
    assert "(1)" in page
    assert "(0)" not in page
    assert "No item is like that" in await shown(manager, address(world, "/items?q=nothing&state=open&priority=3"))
    assert "(0)" in await shown(manager, address(world, "/items?state=odd&priority=many"))
    assert (await manager.get(address(world, "/items?cursor=odd"))).status_code == 422
    assert "No items yet" in await shown(manager, address(await make_world(items=0), "/items"))


async def test_what_people_wrote_is_never_markup(make_world, manager, db):
    world = await make_world(items=1, content=lambda _number: {"prompt": "<script>alert(1)</script>", "responses": []})
    for part in ("/items", f"/items/{world.item_ids[0]}"):
        answer = await manager.get(address(world, part))
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text


async def test_chosen_items_are_cancelled_or_moved(make_world, manager):
    world = await make_world(items=3)
    first, second, _third = map(str, world.item_ids)
    path = address(world, "/items")
    fields = {"item_id": [first, second], "to_priority": "2", "state": "open"}
    answer = await manager.post(path, data={"action": "move", **fields})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?state=open")
    assert words(await shown(manager, f"{path}?priority=2")).count("Why do tyres") >= 2
    await manager.post(path, data={"action": "cancel", **fields})
    page = words(await shown(manager, path))
    assert "2 items are cancelled" in page
    await manager.post(path, data={"action": "cancel", **fields})
    assert "Nothing was changed" in words(await shown(manager, path))
    await manager.post(path, data={"action": "cancel"})
    assert "Choose items first" in words(await shown(manager, path))
    assert (await manager.post(path, data={"action": "erase", "item_id": first})).status_code == 422
    assert (await manager.post(path, data={"action": "cancel", "item_id": "odd"})).status_code == 422


async def test_items_of_other_projects_stay_as_they_are(make_world, manager):
    world, other = await make_world(items=1), await make_world(items=1)
    await manager.post(address(world, "/items"), data={"action": "cancel", "item_id": str(other.item_ids[0])})
    assert "Cancelled" not in words(await shown(manager, address(other, "/items"))).split("Added")[-1]
    assert (await manager.get(address(world, f"/items/{other.item_ids[0]}"))).status_code == 404


async def test_one_item_shows_what_is_given_and_answered(make_world, bench, manager):
    world = await make_world(items=1)
    handed = await bench.hand_in(world)
    path = address(world, f"/items/{world.item_ids[0]}")
    html = await shown(manager, path)
    assert address(world, f"/submissions/{handed.assignment_id}") in html
    assert "Because of reason 3 of case 0." in words(html)
    await manager.post(path, data={"action": "cancel"})
    assert "Cancelled" in words(await shown(manager, path))


async def test_items_are_added_by_hand(make_world, manager):
    world = await make_world(items=0, answers_per_item=2)
    path = address(world, "/items/new")
    assert "How many" in await shown(manager, path)
    answer = await manager.post(f"{path}/free", data={"count": "3", "brief": "Talk.", "topic": "any", "priority": "4"})
    assert answer.status_code == 303, unescape(answer.text)
    answer = await manager.post(f"{path}/prompts", data={"prompts": "One?\r\n\r\nTwo?", "wanted": "5"})
    assert answer.status_code == 303, unescape(answer.text)
    page = words(await shown(manager, address(world, "/items")))
    assert "2 items were added" in page
    assert "Two?" in page
    assert "0 of 5" in page
    assert page.count("0 of 2") == 3


@pytest.mark.parametrize(
    ("way", "fields", "said"),
    [
        ("free", {"count": "0"}, "5,000"),
        ("free", {"count": "many"}, "count"),
        ("free", {"count": "1", "wanted": "0"}, "from 1 to 100"),
        ("free", {"count": "1", "priority": "11"}, "from 0 to 9"),
        ("prompts", {"prompts": " \n "}, "at least one prompt"),
        ("prompts", {"prompts": "Good?\n" + "x" * 70_000}, "Prompt 2"),
        ("prompts", {"prompts": "Good?", "odd": "1"}, "not known"),
    ],
)
async def test_what_is_wrong_comes_back_with_what_was_typed(make_world, manager, way, fields, said):
    world = await make_world(items=0)
    answer = await manager.post(address(world, f"/items/new/{way}"), data={"topic": "kept", **fields})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert 'value="kept"' in answer.text


async def test_a_closed_project_takes_nothing(make_world, manager, db):
    world = await make_world(items=0)
    async with db.write() as session:
        await close_project(session, actor=SYSTEM, slug=world.terms.slug)
    assert "This project is closed." in await shown(manager, address(world, "/items/new"))
    answer = await manager.post(address(world, "/items/new/free"), data={"count": "1"})
    assert answer.status_code == 409
    answer = await manager.post(f"/api/v1{address(world, '/items')}", json={"count": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "project_closed")


# Submissions.


async def test_submissions_are_listed_and_filtered(make_world, bench, manager):
    world = await make_world(items=3)
    done = await reviewed(bench, world, "accept")
    waiting = await bench.hand_in(world)
    path = address(world, "/submissions")
    html = await shown(manager, path)
    for handed in (done, waiting):
        assert f"{path}/{handed.assignment_id}" in html
    html = await shown(manager, f"{path}?state=submitted&trainer={waiting.trainer.pseudonym}&since=2020-01-01")
    assert str(done.assignment_id) not in html
    assert str(waiting.assignment_id) in html
    for odd in ("?since=odd&verdict=odd&state=odd", "?since=0001-01-01", "?until=9999-12-31"):
        assert str(done.assignment_id) in await shown(manager, path + odd)
    assert "No answer is like that" in await shown(manager, f"{path}?state=surplus")
    assert "Nothing was submitted yet" in await shown(manager, address(await make_world(items=0), "/submissions"))


async def test_a_submission_shows_the_widget_times_and_reviews(make_world, bench, manager):
    world = await make_world(items=1)
    handed = await reviewed(bench, world, "return", reason="ideal", note="Say <b>more</b>.")
    await bench.rework(handed, ideal="Once a month.")
    path = address(world, f"/submissions/{handed.assignment_id}")
    answer = await manager.get(path)
    assert answer.status_code == 200
    assert '<task-widget module="@preceptor/kinds/' in answer.text
    assert '"mode":"review"' in answer.text
    assert "Say &lt;b&gt;more" in answer.text
    page = words(await shown(manager, path))
    assert "Returned for rework" in page
    assert "Submitted again after rework" in page
    assert "m0" in page
    first = words(await shown(manager, f"{path}?revision=1"))
    assert "Submitted again" not in first
    assert "Changed from the revision before" not in first
    other = await make_world(items=1)
    assert (await manager.get(address(other, f"/submissions/{handed.assignment_id}"))).status_code == 404
    assert (await manager.get(address(world, f"/submissions/{uuid4()}"))).status_code == 404


async def test_what_is_under_way_cannot_be_read_yet(make_world, bench, manager):
    world = await make_world(items=1)
    trainer = await bench.trainer(world)
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    await bench.desk.save_draft(actor=trainer, assignment_id=view.id, version=1, content={"next_prompt": "secret"})
    answer = await manager.get(address(world, f"/submissions/{view.id}"))
    assert answer.status_code == 200
    assert "secret" not in answer.text
    assert "once it is submitted" in answer.text


# The API.


async def test_items_through_the_api(make_world, manager):
    world = await make_world(items=0)
    path = f"/api/v1{address(world, '/items')}"
    body = {"items": [{"content": given_content(0), "topic": "winter"}, {"content": {"prompt": "B?"}, "priority": 1}]}
    answer = await manager.post(path, json=body)
    assert answer.status_code == 201, answer.text
    first, second = answer.json()["ids"]
    assert (await manager.post(path, json={"prompts": ["C?\nmore"], "wanted": 2})).status_code == 201
    assert (await manager.post(path, json={"count": 2, "topic": "any"})).status_code == 201
    found = (await manager.get(f"{path}?topic=winter")).json()
    assert ([row["id"] for row in found["items"]], found["next_cursor"], found["looked_at"]) == ([first], None, None)
    assert len((await manager.get(path)).json()["items"]) == 5
    assert (await manager.post(f"{path}/move", json={"ids": [first, second], "priority": 1})).json() == {"changed": 1}
    assert (await manager.post(f"{path}/cancel", json={"ids": [first]})).json() == {"changed": 1}
    assert (await manager.get(f"{path}?state=cancelled")).json()["items"][0]["id"] == first
    one = (await manager.get(f"{path}/{second}")).json()
    assert (one["content"]["prompt"], one["state"], one["answers"]) == ("B?", "open", [])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, ""),
        ({"count": 1, "prompts": ["A?"]}, ""),
        ({"count": 0}, "count"),
        ({"prompts": []}, "prompts"),
        ({"items": [{"content": {"prompt": "A?"}}, {"content": {"odd": 1}}]}, "items.1.content.odd"),
        ({"items": [{"content": {}, "priority": 12}]}, "items.0.priority"),
    ],
)
async def test_bad_items_are_refused_whole(make_world, manager, body, path):
    world = await make_world(items=0)
    answer = await manager.post(f"/api/v1{address(world, '/items')}", json=body)
    assert answer.status_code == 422, answer.text
    assert [field["path"] for field in answer.json()["fields"]] == [path]
    assert (await manager.get(f"/api/v1{address(world, '/items')}")).json()["items"] == []


async def test_submissions_through_the_api(make_world, bench, manager):
    world = await make_world(items=2)
    done = await reviewed(bench, world, "accept", note="Well done.")
    await bench.hand_in(world)
    path = f"/api/v1{address(world, '/submissions')}"
    assert len((await manager.get(path)).json()["submissions"]) == 2
    (row,) = (await manager.get(f"{path}?verdict=accept&state=accepted")).json()["submissions"]
    assert (row["assignment_id"], row["trainer"]) == (str(done.assignment_id), done.trainer.pseudonym)
    assert set(row["amount"]) == {"amount", "currency"}
    detail = (await manager.get(f"{path}/{done.submission_id}")).json()
    assert detail["revisions"][0]["content"]["turns"]
    assert detail["reviews"][0]["note"] == "Well done."
    assert {one["model"] for one in detail["models"]} == {"m0", "m1", "m2", "m3"}
    assert (await manager.get(f"{path}?verdict=odd")).status_code in {400, 422}


async def test_counts_are_told_to_managers_and_their_client(make_world, bench, manager, as_role, team_id, db):
    world = await make_world(items=2)
    await reviewed(bench, world, "accept")
    path = f"/api/v1{address(world, '/counts')}"
    counts = (await manager.get(path)).json()
    assert (counts["items"], counts["wanted"], counts["accepted"], counts["open"]) == (2, 2, 1, 1)
    assert counts["cost"]["currency"] == "EUR"
    owner = await as_role("client", client=world.terms.client_id)
    told = (await owner.get(path)).json()
    assert (told["accepted"], told["cost"], told["paid_ms"]) == (1, None, None)
    for part in ("/items", f"/items/{world.item_ids[0]}", "/submissions"):
        assert (await owner.get(f"/api/v1{address(world, part)}")).status_code == 403
    assert (await (await as_role("client")).get(path)).status_code == 404
    trainer = await as_role("trainer", team=team_id)
    for part in ("/counts", "/items", "/submissions"):
        assert (await trainer.get(f"/api/v1{address(world, part)}")).status_code == 403
    body = {"ids": [str(world.item_ids[0])], "priority": 1}
    for part, sent in (("/items", {"count": 1}), ("/items/cancel", {"ids": []}), ("/items/move", body)):
        assert (await trainer.post(f"/api/v1{address(world, part)}", json=sent)).status_code == 403
        assert (await owner.post(f"/api/v1{address(world, part)}", json=sent)).status_code == 403
