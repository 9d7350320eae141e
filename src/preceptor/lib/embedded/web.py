"""The web server: Granian with worker processes that end with it.

Run as `python -m preceptor.lib.embedded.web MODULE:FACTORY --host … --port … --workers …`.
"""

import argparse
import importlib
import multiprocessing
import os
import signal
import socket
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.utils.proxies import wrap_asgi_with_proxy_headers

from preceptor.lib.embedded.processes import end_with_parent
from preceptor.lib.settings import load_settings

SECONDS_TO_FINISH = 5
"""How long a worker may go on with requests under way when told to stop."""


def load_application(target: str) -> Any:
    """Make the ASGI application of a worker process: `target` is `module:factory`. The process ends with its parent.

    Where the application cannot be made, the whole server ends: another worker would fare no better.
    """
    end_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)  # it died before we could ask to end with it
    # The server's own handlers came along with the fork: until this process has its own, they would swallow a stop.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    module, _, factory = target.partition(":")
    try:
        application = getattr(importlib.import_module(module), factory)()
        if proxies := load_settings().trusted_proxies:
            application = wrap_asgi_with_proxy_headers(application, trusted_hosts=proxies)
    except BaseException:
        if parent is not None and parent.pid is not None:
            os.kill(parent.pid, signal.SIGTERM)
        raise
    return application


def is_port_free(*, host: str, port: int) -> bool:
    """True when nobody listens there. Granian shares ports between processes, so it would not notice."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(target: str, *, host: str, port: int, workers: int) -> None:
    """Serve the application until SIGTERM or SIGINT. A worker that dies is replaced."""
    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )
    server.serve(target_loader=load_application)


def main() -> None:
    """The command line of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="module:factory")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    serve(options.target, host=options.host, port=options.port, workers=options.workers)


if __name__ == "__main__":
    main()
