"""The address of the embedded language model: agreed on before the server starts, kept in a file while it runs."""

import http.client
import importlib.util
import random
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from preceptor.lib.embedded.runfiles import read_run_file, write_run_file

PRACTICE_MODEL = "practice"
"""Name of the practice model, which knows nothing and says so."""


@dataclass(frozen=True)
class ModelAddress:
    """Where a model's OpenAI-compatible server listens."""

    url: str
    """Base address, ending in `/v1`."""
    key: str
    model: str
    """The name the server knows it by."""
    practice: bool
    """True for the practice model."""

    @property
    def port(self) -> int:
        """The TCP port."""
        port = urlsplit(self.url).port
        assert port is not None
        return port


def find_weights(package: str) -> Path | None:
    """The GGUF file that the Python package `package` brings, found without importing it; None if there is none."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def agree_on_address(run_file: Path, *, model: str, practice: bool) -> ModelAddress:
    """Choose a port and a key for a model's server and write them down for it and for its users.

    The port of the last time is taken again where it is free.
    """
    before = read_model_address(run_file)
    port = before.port if before is not None and _is_free(before.port) else _free_port()
    url = f"http://127.0.0.1:{port}/v1"
    address = ModelAddress(url=url, key=secrets.token_urlsafe(24), model=model, practice=practice)
    write_run_file(run_file, asdict(address))
    return address


def read_model_address(run_file: Path) -> ModelAddress | None:
    """What `agree_on_address` wrote; None if it never did."""
    content = read_run_file(run_file)
    return ModelAddress(**content) if content is not None else None


def model_answers(address: ModelAddress, *, seconds: float = 2) -> bool:
    """True when the server is up and its model is loaded."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=seconds)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    # Below the range that outgoing connections are given ports from, so that it stays free over a restart.
    for port in random.sample(range(20000, 32000), 200):
        if _is_free(port):
            return port
    raise OSError("no free port between 20000 and 32000")


def _is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
