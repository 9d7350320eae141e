"""Pages and addresses by which work is judged show nothing that their reader has not said yes to, and say why."""

import pytest

from preceptor.hiring.rules import WRITTEN, LevelMarks
from preceptor.quality.operations import contest
from tests.quality.readiness import HATE, agree

WHY = "Hate against groups of people"
MARKS = (LevelMarks(1, {WRITTEN: 40}),)


@pytest.fixture
async def mine(as_role):
    """A client of a reviewer who has said yes to nothing."""
    return await as_role("reviewer")


async def expect_shut(client, listed, one, *, api):
    """The list says how much is held back and why; a link to it shows nothing, on the page and to programs."""
    page = (await client.get(listed)).text
    for words in ("1 answer waits that is not offered to you.", WHY, 'href="/account/work"', "What I say yes to"):
        assert words in page
    assert one not in page
    answer = await client.get(one)
    assert (answer.status_code, answer.headers["location"]) == (303, listed)
    (kept,) = (await client.get(f"/api/v1{listed}")).json()["held_back"]
    assert (kept["count"], kept["reason"]["code"], kept["reason"]["link"]) == (1, "content", "/account/work")
    assert WHY in kept["reason"]["text"]
    refused = await client.get(f"/api/v1{one}")
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (409, "content_closed", "content")
    if api:
        taken = await client.post(f"/api/v1{one}/beat", json={"inputs": [0]})
        assert (taken.status_code, taken.json()["code"]) == (409, "content_closed")


async def test_reviews(bench, make_world, hand_in, mine):
    handed = await hand_in(await make_world(categories=(HATE,)))
    (review,) = await bench.reviews()
    await expect_shut(mine, "/reviews", f"/reviews/{review.id}", api=False)
    assert "Start reviewing" not in (await mine.get("/reviews")).text
    empty = await mine.post("/api/v1/reviews/claim", json={})
    assert (empty.status_code, empty.json()["reason"], empty.json()["link"]) == (404, "content", "/account/work")
    taken = await mine.post("/api/v1/reviews/claim", json={"review_id": str(review.id)})
    assert (taken.status_code, taken.json()["code"]) == (409, "content_closed")
    assert (await mine.post("/reviews/claim")).headers["location"] == "/reviews"
    assert await bench.state_of(handed) == "submitted"
    yes = await mine.post("/account/work/content", data={"categories": "hate"})
    assert yes.status_code == 303
    inbox = (await mine.get("/api/v1/reviews")).json()
    assert (len(inbox["reviews"]), inbox["held_back"], inbox["reason"]) == (1, [], None)
    assert (await mine.post("/reviews/claim")).headers["location"] == f"/reviews/{review.id}"
    desk = (await mine.get(f"/reviews/{review.id}")).text
    assert '"break_minutes":50' in desk


async def test_disputes_by_whoever_decides_them(bench, make_world, hand_in, mine, as_role, db):
    handed = await hand_in(await make_world(categories=(HATE,)))
    rejecter = await bench.person("reviewer")
    await agree(bench, rejecter, HATE)
    await bench.decide(rejecter, await bench.claim(rejecter), "reject", reason="off_topic")
    async with db.write() as session:
        dispute_id = await contest(session, actor=handed.trainer, assignment_id=handed.assignment_id, note="It is not.")
    manager = await as_role("manager")
    for client in (mine, manager):
        await expect_shut(client, "/disputes", f"/disputes/{dispute_id}", api=True)
    await manager.post("/account/work/content", data={"categories": "hate"})
    page = (await manager.get(f"/disputes/{dispute_id}")).text
    assert "<break-place>" in page
    assert '"break_minutes":50' in page


async def test_parts_of_exams(bench, exams, mine):
    exam = await exams.make(items=1, by_hand=1, levels=MARKS, rules={"categories": (HATE,)})
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE)
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    await mine.post("/account/work/content", data={"categories": "hate"})
    (part,) = (await mine.get("/api/v1/grading")).json()["parts"]
    assert "<break-place>" in (await mine.get(f"/grading/{part['item_id']}")).text
    await mine.post("/account/work/content", data={})
    await expect_shut(mine, "/grading", f"/grading/{part['item_id']}", api=True)
