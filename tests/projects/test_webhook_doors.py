"""Webhooks over the API, by the typed client and on pages, for managers and clients and for nobody else."""

import re
from html import unescape

import pytest

from preceptor.people.rules import SYSTEM
from preceptor.projects import operations

EVERY = ["submission.created", "review.decided", "release.finished", "project.state_changed"]
BODY = {"address": "https://hooks.example.org/preceptor", "events": EVERY}
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def project(ready_project):
    return await ready_project()


@pytest.fixture
def api(project):
    return f"/api/v1/projects/{project.slug}/webhooks"


async def test_from_adding_to_deleting(as_role, api, happened):
    manager = await as_role("manager")
    answer = await manager.post(api, json=BODY)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    address = f"/api/v1/webhooks/{made['id']}"
    shown = (await manager.get(address)).json()
    assert "secret" not in shown
    assert (shown["state"], shown["events"], shown["address"]) == ("active", EVERY, BODY["address"])
    changed = (await manager.patch(address, json={"events": ["release.finished", "review.decided"]})).json()
    assert changed["events"] == ["review.decided", "release.finished"]
    assert (await manager.post(f"{address}/pause")).json()["state"] == "paused"
    assert (await manager.post(f"{address}/pause")).json()["state"] == "paused"
    assert (await manager.post(f"{address}/resume")).json()["state"] == "active"
    secret = (await manager.post(f"{address}/rotate")).json()["secret"]
    assert secret.startswith("whsec_") and secret != made["secret"]
    assert (await manager.get(address)).json()["two_secrets_until"] is not None
    test = await manager.post(f"{address}/test")
    assert (test.status_code, test.json()["type"], test.json()["state"]) == (202, "webhook.test", "waiting")
    listed = (await manager.get(f"{address}/deliveries")).json()
    assert [one["id"] for one in listed["deliveries"]] == [test.json()["id"]]
    one = f"{address}/deliveries/{test.json()['id']}"
    assert (await manager.get(one)).json() == test.json()
    assert (await manager.post(f"{one}/send")).status_code == 202
    assert [one["id"] for one in (await manager.get(api)).json()["webhooks"]] == [made["id"]]
    assert (await manager.delete(address)).status_code == 204
    assert (await manager.get(address)).status_code == 404
    assert (await manager.get(api)).json() == {"webhooks": []}
    told = [name for name in await happened() if "webhook" in name]
    assert told == [
        "projects.webhook_added",
        *["projects.webhook_changed"] * 4,
        *["projects.webhook_asked"] * 2,
        "projects.webhook_removed",
    ]


async def test_what_cannot_be_used_is_said(as_role, api):
    manager = await as_role("manager")
    for change, path in (
        ({"address": "http://hooks.example.org/"}, "address"),
        ({"address": "https://169.254.169.254/"}, "address"),
        ({"address": "https://localhost/"}, "address"),
        ({"address": "somewhere"}, "address"),
        ({"address": "https://example.org/\x00"}, "address"),
        ({"events": []}, "events"),
        ({"events": ["everything"]}, "events"),
        ({"surprise": 1}, "surprise"),
    ):
        answer = await manager.post(api, json={**BODY, **change})
        assert answer.status_code == 422, (change, answer.text)
        assert path in answer.text
    for _one in range(20):
        assert (await manager.post(api, json=BODY)).status_code == 201
    answer = await manager.post(api, json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")
    assert (await manager.get(f"/api/v1/webhooks/{NOBODY}")).json()["code"] == "no_such_webhook"
    webhook = (await manager.get(api)).json()["webhooks"][0]["id"]
    answer = await manager.post(f"/api/v1/webhooks/{webhook}/deliveries/{NOBODY}/send")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_delivery")


async def test_an_address_in_a_network_that_was_allowed_once_stays_until_it_is_changed(as_role, api, db):
    manager = await as_role("manager")
    made = (await manager.post(api, json=BODY)).json()
    async with db.hot() as driver:
        await driver.execute("UPDATE webhook_subscription SET address = 'http://169.254.169.254/'")
    address = f"/api/v1/webhooks/{made['id']}"
    assert (await manager.patch(address, json={"events": EVERY[:1]})).status_code == 200
    assert (await manager.patch(address, json={"address": "http://169.254.0.1/"})).status_code == 422


async def test_clients_have_their_own_and_others_none(as_role, api, client_id, db, project):
    client = await as_role("client", client=client_id)
    made = (await client.post(api, json=BODY)).json()
    address = f"/api/v1/webhooks/{made['id']}"
    assert (await client.get(address)).status_code == 200
    pages = f"/projects/{project.slug}/webhooks"
    assert "/client" in (await client.get(pages)).text
    async with db.write() as session:
        other = await operations.add_client_organisation(session, actor=SYSTEM, name="Other Lab")
    strangers = [await as_role("client", client=other), await as_role("client")]
    for stranger in strangers:
        for method, path in (
            ("GET", api),
            ("POST", api),
            ("GET", address),
            ("PATCH", address),
            ("DELETE", address),
            ("POST", f"{address}/test"),
            ("POST", f"{address}/rotate"),
            ("GET", f"{address}/deliveries"),
            ("GET", pages),
            ("GET", f"{pages}/{made['id']}"),
        ):
            answer = await stranger.request(method, path, json=BODY if method in {"POST", "PATCH"} else None)
            assert answer.status_code == 404, (method, path)
    for role in ("trainer", "reviewer", "operator"):
        person = await as_role(role)
        assert (await person.get(api)).status_code == 403
        assert (await person.get(address)).status_code == 403
        assert (await person.get(f"{pages}/{made['id']}")).status_code == 403


async def test_pages(as_role, project, db):
    manager = await as_role("manager")
    base = f"/projects/{project.slug}/webhooks"
    assert "No webhooks yet" in (await manager.get(base)).text
    form = (await manager.get(f"{base}/new")).text
    assert form.count("checked") == 4
    again = await manager.post(f"{base}/new", data={"address": "https://127.0.0.1/<b>", "events": EVERY[:2]})
    assert again.status_code == 422
    assert "private network" in again.text
    assert "https://127.0.0.1/&lt;b&gt;" in again.text
    assert again.text.count("checked") == 2
    made = await manager.post(f"{base}/new", data=BODY)
    assert made.status_code == 200
    secret = re.search(r"whsec_[\w+/=]+", unescape(made.text))[0]
    webhook = re.search(rf"{base}/([0-9a-f-]{{36}})", made.text)[1]
    shown = await manager.get(f"{base}/{webhook}")
    assert secret not in unescape(shown.text)
    assert "Nothing was sent yet" in shown.text
    assert (await manager.post(f"{base}/{webhook}/test")).headers["location"] == f"{base}/{webhook}"
    part = await manager.get(f"{base}/{webhook}", headers={"hx-request": "true"})
    assert part.text.lstrip().startswith("<section")
    assert "every 2s" in part.text and "webhook.test" in unescape(part.text)
    delivery = re.search(r"/send/([0-9a-f-]{36})", part.text)[1]
    assert (await manager.post(f"{base}/{webhook}/send/{delivery}")).status_code == 303
    await manager.post(f"{base}/{webhook}/pause")
    assert "Nothing is sent." in (await manager.get(f"{base}/{webhook}")).text
    await manager.post(f"{base}/{webhook}/resume")
    fresh = await manager.post(f"{base}/{webhook}/rotate")
    assert "whsec_" in fresh.text and secret not in unescape(fresh.text)
    saved = await manager.post(f"{base}/{webhook}", data={"address": "https://other.example.org/", "events": EVERY[0]})
    assert saved.status_code == 303
    assert "other.example.org" in (await manager.get(base)).text
    wrong = await manager.post(f"{base}/{webhook}", data={"address": "https://other.example.org/"})
    assert (wrong.status_code, "Choose at least one" in wrong.text) == (422, True)
    assert (await manager.post(f"{base}/{webhook}/remove")).headers["location"] == base
    assert "No webhooks yet" in (await manager.get(base)).text


async def test_a_webhook_is_only_at_its_own_project_s_address(as_role, project, ready_project, api):
    manager = await as_role("manager")
    other = await ready_project(title="Another")
    made = (await manager.post(api, json=BODY)).json()
    assert (await manager.get(f"/projects/{other.slug}/webhooks/{made['id']}")).status_code == 404
