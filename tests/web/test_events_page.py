"""The operator's log of events."""

from uuid import uuid4

import pytest

from preceptor.lib.db import audit
from preceptor.lib.events import REGISTRY
from preceptor.people.audit import told


async def test_page_tells_what_happened_in_words(as_role):
    operator = await as_role("operator")
    text = (await operator.get("/events")).text
    assert "A person signed in." in text
    assert operator.actor.name in text


@pytest.mark.parametrize("role", ["trainer", "reviewer", "manager", "client"])
async def test_nobody_else_reads_it(as_role, role):
    answer = await (await as_role(role)).get(f"/events?who={uuid4()}")
    assert answer.status_code == 403


async def test_filters_narrow_it_down(as_role):
    operator, trainer = await as_role("operator"), await as_role("trainer")
    mine = trainer.actor.person_id
    text = (await operator.get(f"/events?who={mine}")).text
    assert text.count("people.signed_in</a>") == 1
    assert "people.joined</a>" not in text
    assert "people.joined</a>" in (await operator.get(f"/events?subject={mine}")).text
    assert "No event is like that" in (await operator.get(f"/events?project={uuid4()}")).text
    assert "people.signed_in</a>" in (await operator.get("/events?name=people.")).text
    assert "people.signed_in</a>" not in (await operator.get("/events?name=people.joined")).text
    assert "No event is like that" in (await operator.get("/events?name=%25")).text


@pytest.mark.parametrize("query", ["who=nobody@example.org", "subject=x", "project=<script>", "cursor=nonsense"])
async def test_bad_filters_say_so(as_role, query):
    operator = await as_role("operator")
    answer = await operator.get(f"/events?{query}")
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace('<script type="', "")


async def test_pages_follow_each_other_also_where_little_is_found(as_role, db, monkeypatch):
    operator = await as_role("operator")
    for _person in range(3):
        await as_role("trainer")
    monkeypatch.setattr(audit, "PAGE_SIZE", 2)
    monkeypatch.setattr(audit, "SCAN", 3)
    seen, cursor = [], ""
    for _page in range(20):
        answer = (await operator.get(f"/api/v1/events?name=people.joined{cursor}")).json()
        seen += [event["id"] for event in answer["events"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == 4
    assert seen == sorted(seen, reverse=True)


def test_every_event_can_be_told():
    for name in REGISTRY:
        text = str(told(name))
        assert text.endswith(".")
        assert "`" not in text, text
    assert str(told("elsewhere.happened")) == "elsewhere.happened"
