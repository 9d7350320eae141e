"""Who looks at a demo for a picture: somebody signed in, in a browser of their own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "preceptor demo"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


@contextmanager
def demo(*, practice: bool) -> Iterator[str]:
    """The address of a demo that runs for the block."""
    folder = Path(tempfile.mkdtemp(prefix="screenshots-", dir="/tmp"))
    folder.chmod(0o711)  # root's database runs under an account of its own
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["PRECEPTOR_HOME"] = str(folder / "home")
    command = [sys.executable, "-m", "preceptor", "demo", "--port", str(port), *(["--practice"] if practice else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(f"  {line.rstrip()}")
            if line.startswith("Ctrl-C"):
                break
        else:
            sys.exit("The demo could not be started.")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=60)
            shutil.rmtree(folder, ignore_errors=True)


class Person:
    """Somebody signed in, in a browser of their own."""

    def __init__(self, chrome: Browser, url: str, role: str) -> None:
        self.url = url
        self._chrome = chrome
        context = chrome.new_context(base_url=url, viewport=DESKTOP)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=email]", f"{role}@demo.example")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        self.page = page
        self._state = context.storage_state()

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Ask the API from the page; answers the JSON."""
        token = next(cookie["value"] for cookie in self.page.context.cookies() if cookie["name"] == "csrftoken")
        answer = self.page.request.fetch(
            f"{self.url}/api/v1{path}",
            method=method,
            headers={"X-CSRF-Token": token, "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body),
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return dict(answer.json()) if answer.body() else {}

    @contextmanager
    def looking(self, *, phone: bool, dark: bool) -> Iterator[Page]:
        """A page of theirs on another screen."""
        context: BrowserContext = self._chrome.new_context(
            base_url=self.url,
            storage_state=self._state,
            viewport=PHONE if phone else DESKTOP,
            device_scale_factor=1.5 if phone else 1,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
        )
        yield context.new_page()
        context.close()


Scene = Callable[[Browser, str], tuple[Person, str, Callable[[Page], None]]]
"""Prepares what a picture shows; answers who looks, at which path, and what to wait for there."""


def settled(page: Page) -> None:
    """Nothing special to wait for."""
    page.wait_for_load_state("networkidle")
