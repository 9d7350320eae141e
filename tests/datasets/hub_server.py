"""A hub of datasets on this machine that speaks as much of the Hugging Face hub's API as sending files takes.

Sources: https://huggingface.co/docs/hub/api and the Git LFS batch API. What is kept is what a clone would hold.
"""

import json
import threading
from base64 import b64decode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

TOKEN = "hf_for_tests"


class Hub:
    """What the server holds.

    Attributes:
        repos: whether each is private.
        commits: per repository and revision, the messages, oldest first.
        files: per repository and revision, the bytes of each path.
        blobs: large files by their hash.
        limit: bytes from which a file is a large one.
        refuse: what commits are answered with, where they are refused.
    """

    def __init__(self) -> None:
        self.repos: dict[str, bool] = {}
        self.commits: dict[tuple[str, str], list[str]] = {}
        self.files: dict[tuple[str, str], dict[str, bytes]] = {}
        self.blobs: dict[str, bytes] = {}
        self.limit = 2_000
        self.refuse: str | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (_Asked,), {"hub": self}))
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Asked(BaseHTTPRequestHandler):
    hub: ClassVar[Hub]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Nothing on the terminal."""

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "") == "chunked":
            parts = bytearray()
            while size := int(self.rfile.readline(), 16):
                parts += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return bytes(parts)
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _say(self, status: int, document: object = None) -> None:
        data = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self) -> None:
        """A large file, at the address that the batch named: signed by itself, so no token goes along."""
        data, oid = self._body(), self.path.rpartition("/")[2]
        if sha256(data).hexdigest() != oid or "authorization" in self.headers:
            self._say(400, {"error": "not the file that was announced"})
            return
        self.hub.blobs[oid] = data
        self._say(200)

    def do_POST(self) -> None:
        """Everything else."""
        body = self._body()
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._say(401, {"error": "Invalid username or password."})
            return
        steps = self.path.partition("?")[0].strip("/").split("/")
        if steps == ["api", "repos", "create"]:
            self._create(json.loads(body))
        elif steps == ["api", "validate-yaml"]:
            self._say(200, {"errors": [], "warnings": []})
        elif steps[:2] == ["api", "datasets"] and f"{steps[2]}/{steps[3]}" in self.hub.repos:
            {"preupload": self._modes, "commit": self._commit}[steps[4]](f"{steps[2]}/{steps[3]}", steps[5], body)
        elif steps[0] == "datasets" and steps[-1] == "batch":
            self._batch(json.loads(body))
        elif steps[0] == "verify":
            told = json.loads(body)
            known = len(self.hub.blobs.get(told["oid"], b"")) == told["size"]
            self._say(200 if known else 404, {})
        else:
            self._say(404, {"error": "Repository not found"})

    def _create(self, asked: dict[str, Any]) -> None:
        name = "/".join(filter(None, (asked.get("organization"), asked["name"])))
        if asked.get("type") != "dataset":
            self._say(400, {"error": "not a dataset"})
            return
        document = {"url": f"{self.hub.address}/datasets/{name}"}
        if name in self.hub.repos:
            self._say(409, document | {"error": "You already created this dataset repo"})
            return
        private = asked.get("private", asked.get("visibility") == "private")
        self.hub.repos[name] = bool(private)
        self._say(200, document)

    def _modes(self, _repo: str, _revision: str, body: bytes) -> None:
        told = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["size"] >= self.hub.limit else "regular",
                "shouldIgnore": False,
            }
            for file in json.loads(body)["files"]
        ]
        self._say(200, {"files": told})

    def _batch(self, asked: dict[str, Any]) -> None:
        objects = []
        for one in asked["objects"]:
            actions = {
                "upload": {"href": f"{self.hub.address}/put/{one['oid']}"},
                "verify": {"href": f"{self.hub.address}/verify/{one['oid']}"},
            }
            objects.append(one | ({} if one["oid"] in self.hub.blobs else {"actions": actions}))
        self._say(200, {"transfer": "basic", "objects": objects})

    def _commit(self, repo: str, revision: str, body: bytes) -> None:
        if self.hub.refuse is not None:
            self._say(403, {"error": self.hub.refuse})
            return
        message, files = "", dict(self.hub.files.get((repo, revision), {}))
        for line in body.splitlines():
            part = json.loads(line)
            value = part["value"]
            match part["key"]:
                case "header":
                    message = value["summary"]
                case "file":
                    files[value["path"]] = b64decode(value["content"])
                case "lfsFile":
                    files[value["path"]] = self.hub.blobs[value["oid"]]
        self.hub.files[repo, revision] = files
        self.hub.commits.setdefault((repo, revision), []).append(message)
        document = {"commitUrl": f"{self.hub.address}/datasets/{repo}/commit/1", "commitOid": "1" * 40}
        self._say(200, document | {"success": True, "hookOutput": ""})
