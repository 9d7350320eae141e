"""The reviewers' pages."""

import json
import re

import pytest

from preceptor.lib.ids import new_id


@pytest.fixture
async def mine(as_role):
    """A client of a reviewer."""
    return await as_role("reviewer")


def data_of(page):
    return json.loads(re.search(r'id="review-data">(.*?)</script>', page.text, re.DOTALL).group(1))


async def test_an_empty_inbox_says_why(mine):
    page = await mine.get("/reviews")
    assert page.status_code == 200
    assert "No project has begun yet" in page.text
    assert "Start reviewing" not in page.text
    answer = await mine.post("/reviews/claim", data={})
    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews")
    assert "No project has begun yet" in (await mine.get("/reviews")).text
    assert "No verdict of yours yet" in (await mine.get("/reviews/decided")).text


async def test_from_the_inbox_to_the_desk_and_back(bench, make_world, mine):
    one, other = await make_world(), await make_world()
    handed = [await bench.hand_in(world) for world in (one, other)]
    page = await mine.get("/reviews")
    assert all(answer.trainer.pseudonym in page.text for answer in handed)
    assert handed[0].trainer.name not in page.text
    page = await mine.get(f"/reviews?project={other.terms.slug}")
    assert handed[0].trainer.pseudonym not in page.text
    answer = await mine.post("/reviews/claim", data={"project": other.terms.slug})
    assert answer.status_code == 303
    path, query = answer.headers["location"].split("?")
    assert query == f"project={other.terms.slug}"
    desk = await mine.get(answer.headers["location"])
    assert handed[1].trainer.pseudonym in desk.text
    data = data_of(desk)
    assert data["review"]["may_decide"]
    assert data["project"] == other.terms.slug
    assert data["widget"].startswith("@preceptor/kinds/")
    assert '"m1"' not in desk.text
    assert "Put back" in desk.text
    assert "You have begun to review" in (await mine.get("/reviews")).text
    back = await mine.post(f"{path}/release", data={})
    assert back.headers["location"] == "/reviews"
    desk = await mine.get(path)
    assert "Review this" in desk.text
    assert not data_of(desk)["review"]["may_decide"]
    taken = await mine.post(f"{path}/take", data={})
    assert taken.headers["location"] == path
    await mine.post(f"/api/v1{path}/decide", json={"verdict": "return", "reason": "ideal", "note": "Say <b>why</b>."})
    decided = await mine.get("/reviews/decided")
    assert "Returned for rework" in decided.text
    desk = await mine.get(path)
    assert "Say &lt;b&gt;why&lt;/b&gt;." in desk.text
    assert "by you" in desk.text


async def test_rework_shows_what_was_said_and_what_changed(bench, make_world, mine):
    handed = await bench.hand_in(await make_world())
    review_id = await bench.claim(mine.actor)
    await bench.decide(mine.actor, review_id, "return", reason="ideal", note="Say why.")
    await bench.rework(handed, ideal="Cold air takes up less room.")
    page = await mine.get("/reviews")
    assert "back for you" in page.text
    desk = await mine.get(f"/reviews/{await bench.claim(mine.actor)}")
    assert "Say why." in desk.text
    assert "What the trainer changed since then: 1 thing" in desk.text
    assert "<del>" in desk.text


async def test_scripts_in_what_people_write_stay_words(bench, make_world, mine):
    def content(_number):
        return {
            "prompt": "</script><script>alert(1)</script>",
            "responses": [{"text": f"<img src=x onerror=alert({n})>", "model": f"m{n}"} for n in range(4)],
        }

    await bench.hand_in(await make_world(content=content), ideal="</script><script>alert(3)</script>")
    assert "<script>alert" not in (await mine.get("/reviews")).text
    desk = await mine.get(f"/reviews/{await bench.claim(mine.actor)}")
    assert "<script>alert" not in desk.text
    assert "<img src=x" not in desk.text
    assert data_of(desk)["review"]["answer"]["turns"][0]["ideal"] == "</script><script>alert(3)</script>"


async def test_managers_look_and_do_not_decide(bench, make_world, as_role):
    await bench.hand_in(await make_world())
    manager = await as_role("manager")
    assert "Start reviewing" not in (await manager.get("/reviews")).text
    (review,) = await bench.reviews()
    desk = await manager.get(f"/reviews/{review.id}")
    assert desk.status_code == 200
    assert "Review this" not in desk.text
    assert (await manager.post("/reviews/claim", data={})).status_code == 403
    assert (await manager.post(f"/reviews/{review.id}/take", data={})).status_code == 403


async def test_others_are_kept_out(bench, make_world, as_role, client, mine):
    await bench.hand_in(await make_world())
    (review,) = await bench.reviews()
    trainer = await as_role("trainer")
    for path in ("/reviews", "/reviews/decided", f"/reviews/{review.id}"):
        assert (await trainer.get(path)).status_code == 403
        assert (await client.get(path)).status_code == 401
    assert (await mine.get(f"/reviews/{new_id()}")).status_code == 404
    assert (await mine.get("/reviews?project=nowhere")).status_code == 404
    del mine.headers["X-CSRF-Token"]
    assert (await mine.post(f"/reviews/{review.id}/take", data={})).status_code == 403


async def test_what_a_colleague_has_is_said(bench, make_world, mine, reviewer):
    await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    assert "A colleague is looking" in (await mine.get(f"/reviews/{review_id}")).text
    answer = await mine.post(f"/reviews/{review_id}/take", data={})
    assert answer.headers["location"] == "/reviews"
    page = await mine.get("/reviews")
    assert "in the hands of a colleague" in page.text


async def test_a_long_inbox_has_pages(bench, make_world, mine, monkeypatch):
    monkeypatch.setattr("preceptor.quality.queries.inbox.PAGE_SIZE", 2)
    world = await make_world(items=3)
    trainer = await bench.trainer(world)
    for _ in range(3):
        await bench.hand_in(world, trainer=trainer)
    page = await mine.get("/reviews")
    older = re.search(r'rel="next" href="([^"]+)"', page.text).group(1).replace("&amp;", "&")
    assert (await mine.get(older)).text.count('scope="row"') == 1
    assert (await mine.get("/reviews?cursor=nonsense")).status_code == 422
