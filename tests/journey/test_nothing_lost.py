"""Right after “saved ✓”, web, worker or database are killed with -9: what was saved is there."""

import os
import signal
import time
from uuid import uuid4

import httpx
import pytest

from tests.work.conftest import answer_to

pytestmark = pytest.mark.kill
OWN_HOUSE = True


@pytest.fixture
def trainer(house):
    with httpx.Client(base_url=f"http://127.0.0.1:{house.port}", timeout=20) as client:
        patiently(lambda: client.get("/sign-in"))
        client.headers["X-CSRF-Token"] = client.cookies["csrftoken"]
        account = {"email": "writer-two@demo.example", "password": "preceptor demo"}
        assert patiently(lambda: client.post("/api/v1/session", json=account)).status_code == 201
        yield client


def patiently(ask, *, seconds=30):
    """What a page does while the house is coming back: ask again."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
            if answer.status_code < 500:
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "the house did not come back"
        time.sleep(0.1)


def kill(house, name):
    before = house.programs()[name]
    os.kill(before, signal.SIGKILL)


def claimed(trainer):
    answer = patiently(lambda: trainer.post("/api/v1/projects/winter-pilot/claim", json={}))
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


@pytest.mark.parametrize("name", ["web", "worker", "postgres"])
def test_a_draft_survives_the_moment_after_it_was_saved(house, trainer, name):
    view = claimed(trainer)
    path = f"/api/v1/assignments/{view['id']}"
    version = (view["draft"] or {"version": 0})["version"] + 1
    content = answer_to(view, ideal=f"Kept although {name} was killed: {uuid4()}")
    saved = trainer.put(f"{path}/draft", json={"version": version, "content": content})
    assert saved.status_code == 200, saved.text
    kill(house, name)
    found = patiently(lambda: trainer.get(path)).json()["draft"]
    assert (found["version"], found["content"]) == (version, content)
    house.until(house.is_healthy)


def test_a_submission_and_its_pay_survive_and_a_repetition_changes_nothing(house, trainer):
    view = claimed(trainer)
    path = f"/api/v1/assignments/{view['id']}/submit"
    body = {"key": str(uuid4()), "content": answer_to(view)}
    assert trainer.post(path, json=body).status_code == 201
    kill(house, "postgres")
    again = patiently(lambda: trainer.post(path, json=body))
    assert again.status_code == 200, again.text
    assert again.json()["outcome"] == "submitted"
    house.until(house.is_healthy)


def test_an_answer_sent_while_the_database_is_gone_says_so_and_arrives_when_repeated(house, trainer):
    view = claimed(trainer)
    path = f"/api/v1/assignments/{view['id']}/draft"
    version = (view["draft"] or {"version": 0})["version"] + 1
    body = {"version": version, "content": answer_to(view)}
    kill(house, "postgres")
    first = trainer.put(path, json=body)
    assert first.status_code in {200, 503}, first.text
    if first.status_code == 503:
        assert first.json()["code"] == "database_gone"
    last = patiently(lambda: trainer.put(path, json=body))
    assert last.status_code in {200, 409}, last.text
    found = patiently(lambda: trainer.get(f"/api/v1/assignments/{view['id']}")).json()["draft"]
    assert found["content"] == body["content"]
