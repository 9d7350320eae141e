"""The web server bounds what a client may send before a request begins, and replaces a worker that died."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest
from uvicorn import Config, Server
from uvicorn.supervisors import multiprocess

from preceptor.lib.embedded import web
from tests.embedded.echo_address import make

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def connected():
    writers = []

    async def connect(address):
        reader, writer = await asyncio.open_connection(*address)
        writers.append(writer)
        return reader, writer

    yield connect
    for writer in writers:
        writer.close()


@pytest.fixture
async def address(monkeypatch):
    monkeypatch.setattr(web, "SECONDS_FOR_HEAD", 0.3)
    config = Config(make, factory=True, port=0, http=web.BoundedProtocol, ws="none", lifespan="off", log_config=None)
    listening = config.bind_socket()
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    yield listening.getsockname()
    server.should_exit = True
    await task


@pytest.mark.parametrize("piece", [b"X-Long: " + b"a" * 70_000, b"X-Many: 1\r\n" * 10_000])
async def test_endless_headers(connected, address, piece):
    reader, writer = await connected(address)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n" + piece)
    assert b"200" not in await asyncio.wait_for(reader.read(), 5)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHos", b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"])
async def test_headers_that_do_not_come(connected, address, begun):
    reader, writer = await connected(address)
    writer.write(begun)
    assert await asyncio.wait_for(reader.read(), 5) is not None  # closed


async def test_a_body_may_take_its_time(connected, address):
    reader, writer = await connected(address)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
    await asyncio.sleep(0.6)
    writer.write(b"abc")
    assert b"200" in await asyncio.wait_for(reader.readline(), 5)


class Sent:
    """A transport that remembers what was handed to it in one call."""

    def __init__(self):
        self.calls, self.closed = [], False

    def write(self, data):
        self.calls.append(data)

    def writelines(self, pieces):
        self.calls.append(b"".join(pieces))

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([b"head", b"body"], [b"headbody"]),
        ([b"head"], [b"head"]),
        ([b"head", b""], [b"head"]),
        ([b"", b""], []),
        ([b"head", b"body", b"more", b"end", b"!"], [b"headbody", b"moreend", b"!"]),
    ],
)
@pytest.mark.parametrize("closes", [False, True])
async def test_head_and_body_leave_together_and_in_order(pieces, calls, closes):
    sent = Sent()
    gathering = web.GatheringTransport(sent, asyncio.get_running_loop())
    for piece in pieces:
        gathering.write(piece)
    if closes:
        gathering.close()
    else:
        await asyncio.sleep(0)
    assert (sent.calls, sent.closed) == (calls, closes)
    await asyncio.sleep(0)
    assert sent.calls == calls, "nothing is sent twice"


async def test_what_is_held_for_somebody_who_has_left_is_dropped():
    sent = Sent()
    gathering = web.GatheringTransport(sent, asyncio.get_running_loop())
    gathering.write(b"head")
    sent.closed = True
    await asyncio.sleep(0)
    assert sent.calls == []


async def test_a_whole_answer_arrives_and_says_who_asked(connected, address):
    reader, writer = await connected(address)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n9\r\n127.0.0.1\r\n0\r\n\r\n")


def test_a_dead_worker_is_replaced():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "preceptor.lib.embedded.web", "tests.embedded.echo_address:make"]
    command += ["--port", str(port), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment) as program:
        try:
            assert asked(port)
            for worker in serving(program.pid):
                worker.kill()
            assert asked(port)  # the parent keeps the door open meanwhile: nobody is turned away
        finally:
            program.send_signal(signal.SIGTERM)


def test_an_application_that_cannot_be_made_ends_the_server():
    command = [sys.executable, "-m", "preceptor.lib.embedded.web", "preceptor.nothing:make", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "preceptor.nothing" in done.stderr


def test_a_death_is_seen_while_an_answer_is_awaited():
    config = Config(partial(web.load_application, "preceptor.nothing:make"), factory=True, log_config=None)
    worker = multiprocess.Process(config, sockets=[])
    worker.start()
    worker.process.join()
    assert worker.parent_conn.poll(0), "nobody holds the other end any more"
    assert worker.ping(timeout=1) is False


def serving(pid):
    return [child for child in psutil.Process(pid).children() if "spawn_main" in " ".join(child.cmdline())]


def asked(port, *, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                if b"200" in connection.recv(100):
                    return True
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)
