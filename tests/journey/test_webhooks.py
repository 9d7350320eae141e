"""A webhook as people make it: its secret copied, a test sent, what happens told to a real receiver, and its end."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from preceptor.client import Preceptor, verify
from tests.cli.test_house import running_house
from tests.journey.steps import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.kill]

PROJECT = "general-chat"
PAGES = f"/projects/{PROJECT}/webhooks"
WAIT = 20_000


@pytest.fixture(scope="module")
def house():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRECEPTOR_WEBHOOK_NETWORKS", "127.0.0.0/8")
        with running_house("--practice", "--host", "127.0.0.1") as running:
            yield running


@pytest.fixture
def there() -> Iterator[ThreadingHTTPServer]:
    """A receiver; `status` is what it answers, `received` what came."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.received.append((dict(self.headers), body))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.status, server.received = 200, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def add(page: Page, address: str) -> str:
    """By the form; answers the secret that is shown."""
    page.goto(f"{PAGES}/new")
    look(page)
    page.get_by_label("Address").fill("https://169.254.169.254/")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_role("alert")).to_contain_text("private network")
    look(page)
    page.get_by_label("Address").fill(address)
    page.get_by_label("An answer was submitted").uncheck()
    page.get_by_role("button", name="Add the webhook").click()
    secret = page.locator("code", has_text="whsec_")
    expect(secret).to_be_visible()
    look(page)
    return secret.inner_text()


def rows(page: Page):
    return page.locator("#deliveries").get_by_role("row")


def move_project(page: Page, button: str) -> None:
    page.goto(f"/projects/{PROJECT}/state")
    page.get_by_role("button", name=re.compile(f"^{button}")).first.click()
    expect(page.get_by_role("status").first).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_webhook_from_its_first_message_to_its_end(browser, house, there, phone):
    page = sign_in(browser, house, "manager", phone=phone)
    page.goto(PAGES)
    expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()
    look(page)
    secret = add(page, f"http://127.0.0.1:{there.server_port}/hooks")

    page.get_by_role("button", name="Send a test").click()
    expect(rows(page).filter(has_text="A test")).to_contain_text("Delivered", timeout=WAIT)
    assert verify(*there.received[0], secret)["type"] == "webhook.test"
    webhook = page.url
    assert "whsec_" not in page.content()
    page.locator("summary", has_text="What it says").click()
    expect(page.locator("details[open] pre")).to_contain_text('"webhook.test"')
    look(page)

    there.status = 503
    move_project(page, "Pause the project")
    page.goto(webhook)
    waiting = rows(page).filter(has_text="opened, paused or closed").first
    expect(waiting).to_contain_text("503", timeout=WAIT)
    expect(waiting).to_contain_text("Waits")
    look(page)
    there.status = 200
    waiting.get_by_role("button", name="Send again").click()
    expect(rows(page).filter(has_text="opened, paused or closed").first).to_contain_text("Delivered", timeout=WAIT)
    first, last = [one for one in there.received if json.loads(one[1])["type"] == "project.state_changed"][
        :: len(there.received) - 2
    ]
    assert verify(*last, secret)["data"]["state"] == "paused"
    assert first[0]["webhook-id"] == last[0]["webhook-id"]

    page.get_by_role("button", name="Make a new secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
    fresh = page.locator("code", has_text="whsec_").inner_text()
    assert fresh != secret
    there.status = 410
    move_project(page, "Open")
    page.goto(webhook)
    expect(page.get_by_text("Ended by its receiver").or_(rows(page).filter(has_text="410")).first).to_be_visible(
        timeout=WAIT
    )
    page.reload()
    expect(page.get_by_text("Ended by its receiver")).to_be_visible()
    for one in (secret, fresh):
        assert verify(*there.received[-1], one)["data"]["state"] == "open"
    look(page)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("The webhook is active.")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("What happens meanwhile waits.").first).to_be_visible()
    look(page)
    page.goto(PAGES)
    expect(page.get_by_role("table")).to_contain_text("Paused")
    look(page)
    page.goto(webhook)
    page.get_by_role("button", name="Delete the webhook").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the webhook").click()
    expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()


def test_a_client_finds_the_way_and_the_typed_client_too(browser, house, there):
    page = sign_in(browser, house, "client", phone=True)
    page.get_by_role("link", name="General chat").click()
    page.get_by_role("link", name="Webhooks").click()
    expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()
    look(page)
    url = f"http://127.0.0.1:{house.port}"
    with Preceptor.sign_in(url=url, email="client@demo.example", password="preceptor demo") as preceptor:
        hooks = preceptor.webhooks
        address = f"http://127.0.0.1:{there.server_port}/"
        made = hooks.add(slug=PROJECT, address=address, events=["release.finished"])
        assert [one.id for one in hooks.all(slug=PROJECT)] == [made.id]
        assert hooks.show(webhook_id=made.id).events == ["release.finished"]
        sent = hooks.test(webhook_id=made.id)
        page.goto(f"{PAGES}/{made.id}")
        expect(rows(page).filter(has_text="A test")).to_contain_text("Delivered", timeout=WAIT)
        look(page)
        assert verify(*there.received[0], made.secret)["type"] == "webhook.test"
        assert [one.state for one in hooks.deliveries(webhook_id=made.id).deliveries] == ["delivered"]
        hooks.send_again(webhook_id=made.id, delivery_id=sent.id)
        assert hooks.change(webhook_id=made.id, events=["review.decided"]).events == ["review.decided"]
        assert hooks.rotate(webhook_id=made.id) != made.secret
        assert hooks.pause(webhook_id=made.id).state == "paused"
        assert hooks.resume(webhook_id=made.id).state == "active"
        hooks.remove(webhook_id=made.id)
        assert hooks.all(slug=PROJECT) == []
