"""The receiver in the documentation runs as it stands there, and takes what was signed and nothing else."""

import os
import re
import socket
import subprocess
import sys
import time

import httpx
import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.webhooks import new_secret, signed_headers
from tests.docs.conftest import DOCS, section_of

BODY = b'{"type": "webhook.test", "data": {}}'


@pytest.fixture
def program(tmp_path):
    text = section_of((DOCS / "api.md").read_text(encoding="utf-8"), "## Webhooks")
    [found] = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    path = tmp_path / "receiver.py"
    path.write_text(found)
    return path


@pytest.fixture
def running(program):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = new_secret()
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for _moment in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", secret, process
        process.kill()


def test_the_receiver_takes_what_was_signed_and_nothing_else(running):
    address, secret, process = running
    signed = signed_headers([secret], message_id="msg_1", at=utc_now(), body=BODY)
    assert httpx.post(address, content=BODY, headers=signed).status_code == 204
    assert "webhook.test" in process.stdout.readline()
    assert httpx.post(address, content=BODY + b" ", headers=signed).status_code == 400
    assert httpx.post(address, content=BODY).status_code == 400


def test_it_is_short(program):
    assert len([line for line in program.read_text().splitlines() if line.strip()]) <= 14
