"""What managers do with projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from preceptor.client.connection import Connection
from preceptor.client.documents import (
    ImportRun,
    ItemsAdded,
    LineProblem,
    LineProblems,
    PictureFile,
    Project,
    ProjectMade,
    ReportTaken,
)


class Projects:
    """Making projects, letting people work on them, and giving them items. A project is named by its `slug`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        title: str,
        client_id: str,
        kind: str,
        rate_per_hour: int,
        currency: str = "EUR",
        settings: Mapping[str, Any] | None = None,
        brief: str = "",
        guidelines: str = "",
        rules: Mapping[str, Any] | None = None,
        team_ids: Sequence[str] = (),
    ) -> ProjectMade:
        """Make a project, as a draft.

        Args:
            title: its name.
            client_id: the client organisation it is for.
            kind: key of a task kind.
            rate_per_hour: in minor units of `currency`, such as cents.
            currency: code of ISO 4217.
            settings: the task kind's; its own defaults where there are none.
            brief: what trainers are told on their list of work.
            guidelines: in Markdown.
            rules: those that differ from the default ones, such as `answers_per_item`.
            team_ids: who works on it.
        """
        body = {
            "title": title,
            "client_id": client_id,
            "kind": kind,
            "rate_per_hour": {"amount": rate_per_hour, "currency": currency},
            "settings": settings,
            "brief": brief,
            "guidelines": guidelines,
            "rules": rules or {},
            "team_ids": team_ids,
        }
        return self._connection.send("POST", "/projects", body=body, answer=ProjectMade)

    def show(self, *, slug: str) -> Project:
        """One project."""
        return self._connection.get(f"/projects/{slug}", answer=Project)

    def open(self, *, slug: str) -> Project:
        """Let work be taken; problem `not_ready` names what is missing."""
        return self._connection.send("POST", f"/projects/{slug}/open", body={}, answer=Project)

    def pause(self, *, slug: str) -> Project:
        """Hand out no new work."""
        return self._connection.send("POST", f"/projects/{slug}/pause", body={}, answer=Project)

    def close(self, *, slug: str) -> Project:
        """End a project."""
        return self._connection.send("POST", f"/projects/{slug}/close", body={}, answer=Project)

    def add_items(self, *, slug: str, items: Sequence[Mapping[str, Any]]) -> list[str]:
        """Add items, all of them or none, and answer their ids.

        Args:
            slug: the project.
            items: each with the task kind's `content`, such as `{"prompt": "…"}`, and perhaps `brief`, `topic`,
                `wanted` (answers) and `priority` (0 first, 9 last).
        """
        body = {"items": items}
        return self._connection.send("POST", f"/projects/{slug}/items", body=body, answer=ItemsAdded).ids

    def upload_picture(self, *, slug: str, content: bytes, name: str = "picture") -> PictureFile:
        """Let a project have a picture, for `add_items` to name. The same one again changes nothing.

        Args:
            slug: the project.
            content: JPEG, PNG, WebP, GIF or BMP, at most 25 MB.
            name: what it is called.
        """
        return self._connection.send_bytes(
            f"/projects/{slug}/assets", query={"name": name}, content=content, answer=PictureFile
        )

    def send_report(
        self,
        *,
        slug: str,
        key: str,
        messages: Sequence[Mapping[str, str]],
        consent: bool,
        consent_terms: str = "",
        reason: str = "",
        categories: Sequence[str] = (),
        severity: str | None = None,
        reported_at: datetime | None = None,
        topic: str = "",
        source: Mapping[str, Any] | None = None,
    ) -> ReportTaken:
        """Send a conversation that a user of yours reported. Sent twice under one key, it is kept once.

        Args:
            slug: a project in which reported conversations are reviewed.
            key: your own for this report.
            messages: the whole conversation, each message with `role` and `content`.
            consent: whether the user agreed that people read it; without it nothing is kept (problem `no_consent`).
            consent_terms: what they agreed to, such as the version of a text.
            reason: why, in the user's words.
            categories: keys of what is wrong, if known.
            severity: low, medium, high or critical, if known.
            reported_at: when, with a time zone.
            topic: a label.
            source: what you want to find again in releases.
        """
        body = {
            "key": key,
            "messages": messages,
            "consent": consent,
            "consent_terms": consent_terms,
            "reason": reason,
            "categories": categories,
            "severity": severity,
            "reported_at": reported_at,
            "topic": topic,
            "source": source or {},
        }
        return self._connection.send("POST", f"/projects/{slug}/reports", body=body, answer=ReportTaken)

    def import_file(
        self,
        *,
        slug: str,
        format: str,  # noqa: A002 (the API's own name for it)
        content: bytes,
        name: str = "file",
        all_or_nothing: bool = False,
        check: bool = False,
    ) -> ImportRun:
        """Let the rows of a file become items. A job reads it; follow it with `show_import`.

        Args:
            slug: the project.
            format: name of a format that can be read, such as `jsonl`.
            content: the file's bytes, plain or compressed with gzip.
            name: the file's name.
            all_or_nothing: add nothing where a row is not right, instead of passing it over.
            check: only look at the file; nothing is added until `confirm_import`.
        """
        query = {
            "format": format,
            "name": name,
            "on_problem": "stop" if all_or_nothing else "skip",
            "check": "true" if check else "false",
        }
        return self._connection.send_bytes(f"/projects/{slug}/imports", query=query, content=content, answer=ImportRun)

    def show_import(self, *, import_id: str) -> ImportRun:
        """How far an import is, and what came of it."""
        return self._connection.get(f"/imports/{import_id}", answer=ImportRun)

    def import_problems(self, *, import_id: str) -> list[LineProblem]:
        """Why lines of the file could not become items; the first hundred."""
        return self._connection.get(f"/imports/{import_id}/problems", answer=LineProblems).problems

    def confirm_import(self, *, import_id: str) -> ImportRun:
        """Add the good rows of a file that was checked."""
        return self._connection.send("POST", f"/imports/{import_id}/confirm", body={}, answer=ImportRun)
