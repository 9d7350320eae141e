"""A practice model: answers like an OpenAI-compatible server, knows nothing, and says so in every answer.

It stands in where the real weights cannot be had, and serves tests as a model that is the same every time. Some of its
models misbehave on purpose (`MODELS`), so that people can practise with a model that is slow, broken or hostile.

Run as `python -m preceptor.lib.embedded.practice --run-file FILE`.
"""

import argparse
import hmac
import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from preceptor.lib.embedded.model import PRACTICE_MODEL, ModelAddress, read_model_address

MODELS: dict[str, str] = {
    PRACTICE_MODEL: "answers at once, in a few varied sentences",
    "practice-slow": "waits two seconds, then writes three words a second",
    "practice-cut": "closes the connection in the middle of its answer",
    "practice-broken": "answers every question with an internal error",
    "practice-busy": "answers every question with “too many requests”",
    "practice-garbage": "streams bytes that are no answer",
    "practice-html": "sends a web page instead of an answer",
    "practice-hang": "takes the question and never answers",
    "practice-empty": "finishes without a word",
    "practice-script": "answers with scripts and broken mark-up",
}
"""Every model it serves, and what that one does. Any other name answers as `practice`."""

CONTEXT_TOKENS = 2048
"""Longest prompt, in words; longer ones are refused as llama.cpp does."""
LARGEST_REQUEST = 8_000_000
"""Bytes."""
HANG_SECONDS = 600.0
SLOW_START_SECONDS = 2.0
SLOW_WORD_SECONDS = 0.33

_OPENINGS = (
    "This is the practice model speaking.",
    "I am a practice model, so please do not take my word for it.",
    "A note first: this text comes from the practice model, which knows nothing.",
    "Practice model here.",
)
_BODIES = (
    "You asked about “{topic}”. A real model would explain it here.",
    "On “{topic}” I can only offer filler: one sentence after another, so that there is something to read and to rate.",
    "Here is what an answer on “{topic}” could look like:\n\n1. a first point,\n2. a second point,\n3. a third one.",
    "About “{topic}”:\n\n- it has **causes**,\n- it has *effects*,\n- and it has `exceptions`.",
    "“{topic}” is a fine thing to ask. ```python\nprint('practice')\n``` is all the code that I know.",
    "Let me say something wrong about “{topic}” on purpose: the moon is made of cheese, and 2 + 2 = 5.",
)
_CLOSINGS = (
    "Install the real model to get real answers.",
    "That is all that practice can give.",
    "Rate me as you like.",
    "I hope this helps you to practise.",
    "",
)
HOSTILE_ANSWER = (
    "<script>document.title = 'taken over'</script> <img src=x onerror=\"document.title='taken over'\"> "
    "[a link](javascript:alert(1)) </div></article><!-- \u202e ${7*7} {{7*7}} <style>*{display:none}</style>"
)
"""What `practice-script` answers: what a page must show as text, or not at all."""


def practice_answer(prompt: str, *, seed: int) -> str:
    """The answer to `prompt`: the same for the same prompt and seed, another one for another seed."""
    choice = random.Random(f"{seed}:{prompt}")  # noqa: S311 (variety, no secret)
    topic = " ".join(prompt.split()[:8]) or "nothing"
    body = choice.choice(_BODIES).replace("{topic}", topic)
    return " ".join(part for part in (choice.choice(_OPENINGS), body, choice.choice(_CLOSINGS)) if part)


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, message: str, **extra: object) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"error": {"code": int(status), "message": message, "type": "invalid_request_error", **extra}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    key: ClassVar[str] = ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        """Keep quiet: prompts and keys are nobody's business."""

    def do_GET(self) -> None:
        if self.path == "/health":
            self._send_json(HTTPStatus.OK, {"status": "ok"})
        elif self.path == "/v1/models":
            models = [{"id": name, "object": "model", "owned_by": "practice"} for name in MODELS]
            self._send_json(HTTPStatus.OK, {"object": "list", "data": models})
        else:
            self._send_json(HTTPStatus.NOT_FOUND, _RefusedError(HTTPStatus.NOT_FOUND, "no such page").document)

    def do_POST(self) -> None:
        try:
            request = self._read_request()
        except _RefusedError as error:
            self._send_json(error.status, error.document)
            return
        try:
            self._answer(request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked has gone

    def _read_request(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_REQUEST:
            self.close_connection = True
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request too large")
        body = self.rfile.read(length)
        if self.path != "/v1/chat/completions":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "no such page")
        if not hmac.compare_digest(self.headers.get("Authorization") or "", f"Bearer {self.key}"):
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "Invalid API Key")
        try:
            request = json.loads(body)
            words = sum(len(str(message["content"]).split()) for message in request["messages"])
        except (ValueError, TypeError, KeyError):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "not a chat completion request") from None
        if words > CONTEXT_TOKENS:
            raise _RefusedError(
                HTTPStatus.BAD_REQUEST,
                f"request ({words} tokens) exceeds the available context size ({CONTEXT_TOKENS} tokens)",
                type="exceed_context_size_error",
                n_prompt_tokens=words,
                n_ctx=CONTEXT_TOKENS,
            )
        return {**request, "prompt_tokens": words}

    def _answer(self, request: dict[str, Any]) -> None:
        model = str(request.get("model") or PRACTICE_MODEL)
        if model == "practice-broken":
            self._send_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": {"code": 500, "message": "broken on purpose"}})
        elif model == "practice-busy":
            self._send_json(HTTPStatus.TOO_MANY_REQUESTS, {"error": {"code": 429, "message": "busy on purpose"}})
        elif model == "practice-html":
            self._send(HTTPStatus.OK, "text/html", b"<!doctype html><title>Welcome to nginx!</title><h1>It works</h1>")
        elif model == "practice-hang":
            time.sleep(HANG_SECONDS)
            self.close_connection = True
        elif model == "practice-garbage":
            self._begin_stream()
            for part in (
                b'data: {"choices": [{"delta"',
                b"\n\ndata: \xff\xfe\x00 not json\n\n",
                b"event: ???\n\ndata: 17\n\n",
            ):
                self._chunk(part)
            self._chunk(b"")
        elif request.get("stream"):
            self._stream(request, model)
        else:
            self._send_json(HTTPStatus.OK, self._whole(request, model))

    def _words(self, request: dict[str, Any], model: str) -> tuple[list[str], str]:
        """The answer in pieces that make it up when joined, and why it ends."""
        if model == "practice-empty":
            return [], "stop"
        prompt = str(request["messages"][-1]["content"]) if request["messages"] else ""
        seed = int(request.get("seed") or 0)
        text = HOSTILE_ANSWER if model == "practice-script" else practice_answer(prompt, seed=seed)
        words = [word + " " for word in text.split(" ")]
        words[-1] = words[-1][:-1]
        limit = request.get("max_completion_tokens") or request.get("max_tokens") or len(words)
        return words[: int(limit)], "stop" if len(words) <= int(limit) else "length"

    @staticmethod
    def _frame(model: str, *, kind: str) -> dict[str, Any]:
        return {"id": f"practice-{time.time_ns()}", "object": kind, "created": int(time.time()), "model": model}

    def _whole(self, request: dict[str, Any], model: str) -> dict[str, Any]:
        words, reason = self._words(request, model)
        message = {"role": "assistant", "content": "".join(words)}
        return {
            **self._frame(model, kind="chat.completion"),
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": _usage(request, words),
        }

    def _stream(self, request: dict[str, Any], model: str) -> None:
        words, reason = self._words(request, model)
        frame = self._frame(model, kind="chat.completion.chunk")
        self._begin_stream()
        if model == "practice-slow":
            time.sleep(SLOW_START_SECONDS)
        for number, word in enumerate(words):
            if model == "practice-cut" and number >= len(words) // 2:
                self.close_connection = True  # without the closing chunk
                return
            if model == "practice-slow":
                time.sleep(SLOW_WORD_SECONDS)
            self._event({**frame, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
        self._event({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if (request.get("stream_options") or {}).get("include_usage"):
            self._event({**frame, "choices": [], "usage": _usage(request, words)})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _begin_stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _event(self, document: dict[str, Any]) -> None:
        self._chunk(f"data: {json.dumps(document)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send_json(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(document).encode())

    def _send(self, status: HTTPStatus, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _usage(request: dict[str, Any], words: list[str]) -> dict[str, int]:
    asked, answered = int(request["prompt_tokens"]), len(words)
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


@contextmanager
def practice_server(*, port: int = 0, key: str = "practice-key") -> Iterator[ModelAddress]:
    """The practice model, answering from threads of this process for the block. Port 0: any free one."""
    handler = type("Handler", (_Handler,), {"key": key})
    with _Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/v1"
            yield ModelAddress(url=url, key=key, model=PRACTICE_MODEL, practice=True)
        finally:
            server.shutdown()
            thread.join()


def main() -> None:
    """The command line of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run-file", required=True, help="where its address stands")
    run_file = Path(parser.parse_args().run_file)
    address = read_model_address(run_file)
    if address is None:
        parser.error(f"{run_file} holds no address")
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    with practice_server(port=address.port, key=address.key):
        print(f"The practice model answers at {address.url}", flush=True)  # noqa: T201 (its log)
        signal.sigwait(stop)


if __name__ == "__main__":
    main()
