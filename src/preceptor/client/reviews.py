"""What reviewers do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preceptor.client.connection import Connection
from preceptor.client.documents import Decision, Review


class Reviews:
    """Taking reviews and deciding them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, *, slug: str | None = None, review_id: str | None = None) -> Review:
        """Take the next review, of one project or of all, or this very one; problem `inbox_empty` says why none."""
        body = {"project": slug, "review_id": review_id}
        return self._connection.send("POST", "/reviews/claim", body=body, answer=Review)

    def get(self, *, review_id: str) -> Review:
        """One review."""
        return self._connection.get(f"/reviews/{review_id}", answer=Review)

    def decide(
        self,
        *,
        review_id: str,
        verdict: str,
        reason: str | None = None,
        note: str = "",
        content: Mapping[str, Any] | None = None,
        submission_id: str | None = None,
    ) -> Decision:
        """Give the verdict.

        Args:
            review_id: the review.
            verdict: `accept`, `correct`, `return` or `reject`.
            reason: a key of the review's `return_reasons` or `reject_reasons`; with it, a note is needed too.
            note: to the trainer.
            content: the corrected answer, for `correct`.
            submission_id: the revision that was looked at.
        """
        body = {
            "verdict": verdict,
            "reason": reason,
            "note": note,
            "content": content,
            "submission_id": submission_id,
        }
        return self._connection.send("POST", f"/reviews/{review_id}/decide", body=body, answer=Decision)
