"""What trainers do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from preceptor.client.connection import Connection
from preceptor.client.documents import Assignment, Beaten, Progress, Receipt, Response, Saved, Turn, WorkList


class _Added(msgspec.Struct, frozen=True):
    response_id: str
    delta: str


class Work:
    """The list of work, and one's tasks. Ids are those of the documents answered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> WorkList:
        """What one can take, or why there is nothing; and what waits."""
        return self._connection.get("/work", answer=WorkList)

    def acknowledge_guidelines(self, *, slug: str, version: int) -> None:
        """Say that one has read a version of a project's guidelines."""
        path = f"/projects/{slug}/guidelines/acknowledge"
        self._connection.send("POST", path, body={"version": version}, answer=object)

    def claim(self, *, slug: str, prefetch: bool = False) -> Assignment:
        """Take the next task of a project, or the one held already; problem `queue_empty` where there is none."""
        return self._connection.send("POST", f"/projects/{slug}/claim", body={"prefetch": prefetch}, answer=Assignment)

    def assignment(self, *, assignment_id: str) -> Assignment:
        """A task as it stands."""
        return self._connection.get(f"/assignments/{assignment_id}", answer=Assignment)

    def start(self, *, assignment_id: str) -> Assignment:
        """Open a task that was prefetched or returned: its clock runs from now on."""
        return self._connection.send("POST", f"/assignments/{assignment_id}/start", body={}, answer=Assignment)

    def ask(
        self,
        *,
        assignment_id: str,
        prompt: str,
        continue_from: str | None = None,
        ideal: str | None = None,
        parent: str | None = None,
        key: str | None = None,
    ) -> Turn:
        """Send a prompt to the models.

        Args:
            assignment_id: the task.
            prompt: what to ask.
            continue_from: id of the response that this goes on from, or `ideal`.
            ideal: that text, where it goes on from it.
            parent: id of the turn that this goes on from, where it is not the last one; `start` begins anew. Only some
                task kinds let one go back.
            key: id of the new turn, a UUID; repeating a request with the same key adds nothing.
        """
        body = {
            "key": key or str(uuid4()),
            "prompt": prompt,
            "parent": parent,
            "continue_from": continue_from,
            "ideal": ideal,
        }
        return self._connection.send("POST", f"/assignments/{assignment_id}/turns", body=body, answer=Turn)

    def follow(self, *, turn_id: str) -> Iterator[Progress]:
        """What the models write, as they write it, until the turn's last response has ended."""
        with self._connection.stream(f"/turns/{turn_id}/stream") as response:
            for event, data in _events(response):
                if event == "response":
                    added = msgspec.json.decode(data, type=_Added)
                    yield Progress(response_id=added.response_id, delta=added.delta)
                elif event == "state":
                    whole = msgspec.json.decode(data, type=Response)
                    yield Progress(response_id=whole.id, response=whole)
                elif event == "done":
                    return

    def stop(self, *, response_id: str) -> None:
        """Stop a response; what it has said so far stands."""
        self._connection.send("POST", f"/responses/{response_id}/stop", body={}, answer=object)

    def retry(self, *, response_id: str) -> None:
        """Ask again for a response that failed."""
        self._connection.send("POST", f"/responses/{response_id}/retry", body={}, answer=object)

    def save_draft(
        self, *, assignment_id: str, version: int, content: Mapping[str, Any], inputs: Sequence[int] = ()
    ) -> Saved:
        """Keep a draft; problem `draft_newer` where a newer one is stored.

        Args:
            assignment_id: the task.
            version: the last one known and one.
            content: the task kind's answer as far as it goes.
            inputs: how many milliseconds ago something was done.
        """
        body = {"version": version, "content": content, "inputs": inputs}
        return self._connection.send("PUT", f"/assignments/{assignment_id}/draft", body=body, answer=Saved)

    def beat(
        self, *, assignment_id: str, inputs: Sequence[int] = (), foreground: bool = True, reading_ms: int = 0
    ) -> Beaten:
        """Tell the clock that one is there. `inputs`: how many milliseconds ago something was done."""
        body = {"inputs": inputs, "foreground": foreground, "reading_ms": reading_ms}
        return self._connection.send("POST", f"/assignments/{assignment_id}/beat", body=body, answer=Beaten)

    def pause(self, *, assignment_id: str) -> Beaten:
        """Stop the clock."""
        return self._connection.send("POST", f"/assignments/{assignment_id}/pause", body={}, answer=Beaten)

    def resume(self, *, assignment_id: str) -> Beaten:
        """Let the clock run again."""
        return self._connection.send("POST", f"/assignments/{assignment_id}/resume", body={}, answer=Beaten)

    def submit(
        self,
        *,
        assignment_id: str,
        content: Mapping[str, Any],
        version: int = 0,
        confirmed: Collection[str] = (),
        key: str | None = None,
    ) -> Receipt:
        """Hand an answer in.

        Problem `questions` asks about what looks like a slip: its document's `questions` have codes, which go into
        `confirmed` where all is right as it stands. Repeating a request with the same `key`, a UUID, hands in once.
        """
        body = {
            "key": key or str(uuid4()),
            "version": version,
            "content": content,
            "confirmed": list(confirmed),
        }
        return self._connection.send("POST", f"/assignments/{assignment_id}/submit", body=body, answer=Receipt)

    def skip(self, *, assignment_id: str, reason: str, note: str = "") -> Receipt:
        """Give a task back. `reason`: a key of its `skip_reasons`."""
        body = {"reason": reason, "note": note}
        return self._connection.send("POST", f"/assignments/{assignment_id}/skip", body=body, answer=Receipt)

    def report(self, *, assignment_id: str, reason: str, note: str = "") -> Receipt:
        """Say that something is wrong with an item. `reason`: a key of the task's `report_reasons`."""
        body = {"reason": reason, "note": note}
        return self._connection.send("POST", f"/assignments/{assignment_id}/report", body=body, answer=Receipt)


def _events(response: httpx.Response) -> Iterator[tuple[str, str]]:
    """Name and data of each server-sent event; comments, which keep the line open, are passed over."""
    event, data = "message", list[str]()
    for line in response.iter_lines():
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
