"""The web server: uvicorn with worker processes that end with it.

Run as `python -m preceptor.lib.embedded.web MODULE:FACTORY --host … --port … --workers …`.
"""

import argparse
import asyncio
import importlib
import multiprocessing
import os
import socket
import traceback
from functools import partial
from typing import Any

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess, multiprocess

from preceptor.lib.embedded.processes import end_with_parent
from preceptor.lib.settings import load_settings
from preceptor.lib.starting import unhurried_collector

SECONDS_TO_FINISH = 5
"""How long a worker may go on with requests under way when told to stop."""

SECONDS_TO_ANSWER = 60
"""A worker that answers its parent no longer for so long is ended and replaced."""

SECONDS_KEPT_ALIVE = 75
"""How long an idle connection stays open: longer than proxies keep theirs, so that it is they who close it."""

MOST_HEAD_BYTES = 64 * 1024
"""Of a request's first line and headers."""

SECONDS_FOR_HEAD = 20
"""How long a client may take to send them."""


class GatheringTransport:
    """A transport that sends what is written in one turn of the loop together, up to two pieces.

    uvicorn writes the head of a response and its body apart, and uvloop sends each at once: for a short answer that is
    one call of the system too many, for whoever reads it as well.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it with what is held, or hold it until the end of this turn."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.writelines((held, data))
        elif data:
            self._held = data
            self._loop.call_soon(self._send)

    def close(self) -> None:
        """Send what is held, then close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():  # nobody is there any more to read it
            self._transport.write(held)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's own, with bounds on what may come before a request's body: how many bytes, and how slowly."""

    _head_bytes = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request soon."""
        super().connection_made(GatheringTransport(transport, self.loop))  # type: ignore[arg-type]  # it stands for one
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take data; close the connection where they are too many before the headers end."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MOST_HEAD_BYTES:
            self._give_up()
        elif self._deadline is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        """Headers follow."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The body follows, if there is one."""
        self._in_head = False
        self._expect_nothing()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(SECONDS_FOR_HEAD, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._expect_nothing()
        if not self.transport.is_closing():
            self.transport.close()


def load_application(target: str) -> Any:
    """Make the ASGI application of a worker process: `target` is `module:factory`. The process ends with its parent.

    Where the application cannot be made, the whole server ends: another worker would fare no better.
    """
    end_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)  # it died before we could ask to end with it
    module, _, factory = target.partition(":")
    try:
        with unhurried_collector():
            return getattr(importlib.import_module(module), factory)()
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(STARTUP_FAILURE) from error


class PromptProcess(multiprocess.Process):
    """A worker process whose death is seen at once, also while its parent waits for its answer.

    The parent keeps no copy of the worker's end of the pipe: with one, it would wait for the dead for
    `SECONDS_TO_ANSWER`.
    """

    def start(self) -> None:
        """Start it."""
        super().start()
        self.child_conn.close()


multiprocess.Process = PromptProcess  # type: ignore[misc]  # `Multiprocess` makes its workers by this name


def is_port_free(*, host: str, port: int) -> bool:
    """True when nobody listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(target: str, *, host: str, port: int, workers: int) -> None:
    """Serve the application until SIGTERM or SIGINT. A worker that dies is replaced; whoever asks meanwhile waits."""
    proxies = load_settings().trusted_proxies
    config = Config(
        partial(load_application, target),
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        access_log=False,
        server_header=False,
        log_config=None,
        log_level="warning",
        timeout_keep_alive=SECONDS_KEPT_ALIVE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        timeout_worker_healthcheck=SECONDS_TO_ANSWER,
    )
    Multiprocess(config, sockets=[config.bind_socket()]).run()


def main() -> None:
    """The command line of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="module:factory")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    serve(options.target, host=options.host, port=options.port, workers=options.workers)


if __name__ == "__main__":
    main()
