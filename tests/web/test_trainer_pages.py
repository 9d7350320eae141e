"""The trainer's pages: what they show, what they say where there is nothing, and to whom they show nothing."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people import SYSTEM
from preceptor.work.operations import verdicts
from preceptor.work.operations.expiring import expire_due
from preceptor.work.tables import Assignment
from tests.work.conftest import answer_to, make_world  # noqa: F401 (a fixture)

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
async def trainer(make_world, as_role, team_id):  # noqa: F811
    client = await as_role("trainer", team=team_id)
    client.world = await make_world(items=3, estimated_minutes=18)
    return client


async def claim(client):
    return (await client.post(f"/api/v1/projects/{client.world.terms.slug}/claim", json={})).json()


async def submit(client, **changes):
    view = await claim(client)
    body = {"key": str(uuid4()), "content": answer_to(view, **changes)}
    answer = await client.post(f"/api/v1/assignments/{view['id']}/submit", json=body)
    assert answer.status_code == 201, answer.text
    return view["id"]


async def text_of(client, path, status=200):
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def return_it(db, assignment_id):
    async with db.write() as session:
        await verdicts.return_for_rework(
            session, actor=SYSTEM, assignment_id=UUID(assignment_id), reason="ideal", now=utc_now()
        )


# Work.


async def test_cards_say_what_one_agrees_to(trainer):
    text = await text_of(trainer, "/work")
    for wanted in (trainer.world.terms.title, "€36.00 / h", "about 18 min each", "€10.80", "3 tasks open", ">Start<"):
        assert wanted in text
    assert f'action="/work/{trainer.world.terms.slug}/start"' in text


async def test_start_leads_to_the_task_and_the_card_to_it_again(trainer):
    answer = await trainer.post(f"/work/{trainer.world.terms.slug}/start")
    assert answer.status_code == 303
    text = await text_of(trainer, "/work")
    assert f'href="{answer.headers["location"]}"' in text
    assert "Resume" in text


async def test_nothing_to_do_says_why(trainer, as_role, db):
    for _task in range(3):
        await submit(trainer)
    assert "Every task here is done." in await text_of(trainer, "/work")
    stranger = await as_role("trainer")
    text = await text_of(stranger, "/work")
    assert "You are in no team yet." in text
    assert trainer.world.terms.title not in text


async def test_what_came_back_stands_on_top(trainer, as_role, team_id, db):
    assignment_id = await submit(trainer)
    await return_it(db, assignment_id)
    text = await text_of(trainer, "/work")
    assert "One answer came back to you" in text
    assert f'action="/work/assignments/{assignment_id}/open"' in text
    other = await as_role("trainer", team=team_id)
    assert assignment_id not in await text_of(other, "/work")


async def test_looking_at_what_came_back_begins_nothing(trainer, db):
    """Its address leads to the page with the button; only the button begins the rework."""
    assignment_id = await submit(trainer)
    await return_it(db, assignment_id)
    address = f"/work/assignments/{assignment_id}"
    looked = await trainer.get(address)
    assert (looked.status_code, looked.headers["location"]) == (303, f"/my-work/{assignment_id}")
    async with db.read() as session:
        seen = await session.get_one(Assignment, UUID(assignment_id))
        assert (seen.state, seen.rework_round, seen.started_at == seen.claimed_at) == ("returned", 0, True)
    assert f'action="{address}/open"' in await text_of(trainer, f"/my-work/{assignment_id}")
    assert (await trainer.post(f"{address}/open")).headers["location"] == address
    assert (await trainer.get(address)).status_code == 200
    async with db.read() as session:
        begun = await session.get_one(Assignment, UUID(assignment_id))
        assert (begun.state, begun.rework_round) == ("active", 1)


async def test_looking_at_what_is_held_ahead_begins_nothing(trainer, db):
    held = await trainer.post(f"/api/v1/projects/{trainer.world.terms.slug}/claim", json={"prefetch": True})
    looked = await trainer.get(f"/work/assignments/{held.json()['id']}")
    assert looked.headers["location"] == "/work"
    async with db.read() as session:
        assert (await session.get_one(Assignment, UUID(held.json()["id"]))).state == "prefetched"


async def test_what_ran_out_of_time_can_be_gone_on_with(trainer, db):
    view = await claim(trainer)
    draft = {"version": 1, "content": {"next_prompt": "half a thought"}}
    await trainer.put(f"/api/v1/assignments/{view['id']}/draft", json=draft)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(hours=2))
    text = await text_of(trainer, "/work")
    assert "Left unfinished" in text
    assert f'href="/work/assignments/{view["id"]}"' in text


@pytest.mark.parametrize("path", ["/work"])
@pytest.mark.parametrize("role", ["manager", "operator", "client", "reviewer"])
async def test_the_list_is_the_trainers(as_role, path, role):
    await text_of(await as_role(role), path, status=403)


@pytest.mark.parametrize(
    "path", ["/work", "/my-work", f"/my-work/{UUID(int=7)}", "/earnings", "/earnings.csv", "/account"]
)
async def test_whoever_is_not_signed_in_is_asked_to(client, path):
    assert "Sign in" in await text_of(client, path, status=401)


# My work.


async def test_past_work_and_one_task_of_it(trainer):
    assignment_id = await submit(trainer, ideal=HOSTILE)
    text = await text_of(trainer, "/my-work")
    assert f'href="/my-work/{assignment_id}"' in text
    assert "Why do tyres go flat in winter?" in text
    text = await text_of(trainer, f"/my-work/{assignment_id}")
    assert '<task-widget module="@preceptor/kinds/' in text
    assert '"mode":"review"' in text
    assert HOSTILE not in text
    assert '"m1"' not in text
    assert f'href="/my-work/{assignment_id}/correct"' in text


async def test_a_submission_leads_to_its_task(trainer):
    assignment_id = await submit(trainer)
    detail = (await trainer.get(f"/api/v1/submissions/{assignment_id}")).json()
    text = await text_of(trainer, f"/my-work/{detail['revisions'][0]['submission_id']}")
    assert f'href="/my-work/{assignment_id}/correct"' in text


async def test_nobody_opens_another_persons_task(trainer, as_role, team_id):
    assignment_id = await submit(trainer)
    for role in ("trainer", "reviewer", "manager", "operator"):
        other = await as_role(role, team=team_id)
        for path in (f"/my-work/{assignment_id}", f"/my-work/{assignment_id}/correct"):
            assert "tyres" not in await text_of(other, path, status=404)
        answer = await other.post(f"/my-work/{assignment_id}/correct", data={"content": "{}"})
        assert answer.status_code == 404


async def test_correcting(trainer):
    assignment_id = await submit(trainer)
    path = f"/my-work/{assignment_id}"
    assert 'name="content"' in await text_of(trainer, f"{path}/correct")
    detail = (await trainer.get(f"/api/v1/submissions/{assignment_id}")).json()
    changed = detail["revisions"][0]["content"]
    changed["turns"][0]["ideal"] = "Much better."
    with_controls = {"content": json.dumps(changed), "rating-of-the-widget": "3"}
    answer = await trainer.post(f"{path}/correct", data=with_controls)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "Much better." in await text_of(trainer, path)
    assert "Much better." not in await text_of(trainer, f"{path}?revision=1")
    changed["turns"][0]["ratings"] = {}
    answer = await trainer.post(f"{path}/correct", data={"content": json.dumps(changed)})
    assert answer.status_code == 422
    assert "form-errors" in answer.text
    for broken in ("nonsense", "[1]", ""):
        assert (await trainer.post(f"{path}/correct", data={"content": broken})).status_code == 422


async def test_correcting_too_late_leads_back(trainer, db):
    assignment_id = await submit(trainer)
    async with db.write() as session:
        await verdicts.begin_review(session, assignment_id=UUID(assignment_id), began=True)
    for answer in (
        await trainer.get(f"/my-work/{assignment_id}/correct"),
        await trainer.post(f"/my-work/{assignment_id}/correct", data={"content": "{}"}),
    ):
        assert answer.status_code in {303, 422}
    assert "/correct" not in await text_of(trainer, f"/my-work/{assignment_id}")


async def test_returned_work_can_be_opened_from_its_page(trainer, db):
    assignment_id = await submit(trainer)
    await return_it(db, assignment_id)
    assert "Work on it again" in await text_of(trainer, f"/my-work/{assignment_id}")


async def test_erased_texts_are_said_to_be_erased(trainer, db):
    assignment_id = await submit(trainer, ideal="Very private.")
    async with db.hot() as driver:
        await driver.execute("ALTER TABLE submission_body DISABLE TRIGGER USER")
        await driver.execute("UPDATE submission_body SET content = '{}', erased_at = now()")
    text = await text_of(trainer, f"/my-work/{assignment_id}")
    assert "have been erased" in text
    assert "Very private." not in text


async def test_skipped_work_says_why(trainer):
    view = await claim(trainer)
    await trainer.post(f"/api/v1/assignments/{view['id']}/skip", json={"reason": "topic", "note": HOSTILE})
    text = await text_of(trainer, f"/my-work/{view['id']}")
    assert "I do not know this topic well enough" in text
    assert HOSTILE not in text


# Earnings.


async def test_earnings_show_and_hand_out_the_same(trainer, db):
    view = await claim(trainer)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = 600000, idle_ms = 90000 WHERE id = %s", (view["id"],))
        await driver.execute("UPDATE project SET title = '=HYPERLINK(1)'")
    body = {"key": str(uuid4()), "content": answer_to(view)}
    receipt = (await trainer.post(f"/api/v1/assignments/{view['id']}/submit", json=body)).json()
    cents = receipt["amount"]["amount"]
    text = await text_of(trainer, "/earnings")
    assert f"€{cents / 100:.2f}" in text
    assert "<svg" in text
    assert ' style="' not in text
    answer = await trainer.get("/earnings.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="earnings.csv"' in answer.headers["content-disposition"]
    head, line = answer.text.strip().split("\r\n")
    assert head.startswith("ended_at,project,activity")
    row = dict(zip(head.split(","), line.split(","), strict=True))
    assert (row["project"], row["amount"], row["currency"]) == ("'=HYPERLINK(1)", f"{cents / 100:.2f}", "EUR")
    assert (row["idle_minutes"], row["assignment_id"]) == ("1.50", view["id"])


async def test_nothing_earned_says_how_one_does(as_role):
    trainer = await as_role("trainer")
    assert "Nothing earned yet" in await text_of(trainer, "/earnings")
    assert "Nothing here yet" in await text_of(trainer, "/my-work")
    assert (await trainer.get("/earnings.csv")).text.count("\n") == 1


async def test_help_is_for_everybody(client, as_role):
    for one in (client, await as_role("client")):
        text = await text_of(one, "/help")
        assert "How work goes here" in text
