"""The conversation as a tree of messages: every branch, with what was said about each response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from preceptor.kinds.content import Provenance
from preceptor.kinds.fields.ranking.field import ranks_in
from preceptor.kinds.live import usable
from preceptor.kinds.shown import IDEAL, ResponseShown, TurnShown
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.lines import choice_in, final_line, ranking_in, said_of
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.kinds.trees import ConversationTree, TreeMessage

Said = dict[str, dict[str, Any]]
"""Labels of a message in the shape of Open-Assistant's: `{"quality": {"value": 0.75, "count": 1}}`, values 0 to 1."""


def trees_of(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance
) -> list[ConversationTree]:
    """One tree; where the conversation was begun several times with nothing given before, one for each beginning.

    `source` says which message ends the conversation that was handed in (in its own tree alone), and what was said
    about it as a whole.
    """
    builder = _Builder(settings, turns, answer, provenance)
    starts = [turn for turn in turns if turn.parent is None]
    given = list(_given(item))
    if given:
        whole = [*given]
        for turn in starts:
            whole += builder.below(turn, given[-1].id)
        groups = [whole]
    else:
        groups = [list(builder.below(turn, None)) for turn in starts]
    return [
        ConversationTree(
            id=provenance.submission_id if number == 1 else f"{provenance.submission_id}:{number}",
            messages=tuple(messages),
            source=_about(settings, answer, provenance, builder.end if builder.end in _ids(messages) else None),
        )
        for number, messages in enumerate(groups, 1)
    ]


def _ids(messages: Sequence[TreeMessage]) -> set[str]:
    return {message.id for message in messages}


def _about(settings: Settings, answer: Answer, provenance: Provenance, end: str | None) -> dict[str, Any]:
    """What is known of the tree beside its messages. Plain JSON values."""
    about: dict[str, Any] = {"provenance": msgspec.to_builtins(provenance)}
    if end is not None:
        about["final_message_id"] = end
        about["conversation"] = {
            "rating": answer.rating,
            "scale": settings.whole.scale.points,
            "tags": list(answer.tags),
            "comment": answer.comment,
        }
    return about


def _given(item: ItemContent) -> Iterator[TreeMessage]:
    parent = None
    for number, message in enumerate(item.messages):
        yield TreeMessage(id=f"given-{number}", parent=parent, role=message.role, text=message.content)
        parent = f"given-{number}"


class _Builder:
    def __init__(self, settings: Settings, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance) -> None:
        self._settings = settings
        self._said = said_of(answer)
        self._worker = provenance.trainer
        line = final_line(turns, answer)
        self._final = {turn.turn_id: turn for turn in line}
        self._following: dict[str, list[TurnShown]] = {}
        for turn in turns:
            if turn.parent is not None:
                self._following.setdefault(turn.parent.turn_id, []).append(turn)
        self.end = self._end_of(line)

    def _end_of(self, line: Sequence[TurnShown]) -> str | None:
        """Id of the message that ends the conversation handed in."""
        if not line:
            return None
        chosen = choice_in(line[-1], self._about(line[-1]))
        return f"{line[-1].turn_id}:written" if chosen == IDEAL else chosen

    def _about(self, turn: TurnShown) -> TurnAnswer:
        return self._said.get(turn.turn_id, TurnAnswer(turn_id=turn.turn_id))

    def below(self, turn: TurnShown, parent: str | None) -> Iterator[TreeMessage]:
        """A turn's prompt, each answer to it, and everything that follows: a walk from the root."""
        yield TreeMessage(id=turn.turn_id, parent=parent, role="user", text=turn.prompt, worker=self._worker)
        said = self._about(turn)
        shown = self._final.get(turn.turn_id, turn)
        ranks = ranks_in(ranking_in(shown, said))
        children = self._following.get(turn.turn_id, [])
        for response in turn.responses:
            if usable(response):
                yield self._response(turn, response, said, ranks)
                for child in children:
                    if child.parent is not None and child.parent.continue_from == response.id:
                        yield from self.below(child, response.id)
        yield from self._written(turn, said, children)

    def _response(
        self, turn: TurnShown, response: ResponseShown, said: TurnAnswer, ranks: dict[str, int]
    ) -> TreeMessage:
        source: dict[str, Any] = {"model_name": response.model, "state": response.state}
        if comment := said.comments.get(response.id, ""):
            source["comment"] = comment
        return TreeMessage(
            id=response.id,
            parent=turn.turn_id,
            role="assistant",
            text=response.text,
            # From 0, and only where there was something to compare with.
            rank=ranks[response.id] - 1 if len(ranks) > 1 and response.id in ranks else None,
            labels=self._labels(response.id, said),
            source=source,
        )

    def _labels(self, response_id: str, said: TurnAnswer) -> Said:
        labels: Said = {}
        rating = said.ratings.get(response_id)
        if rating is not None:
            steps = self._settings.each.scale.points - 1
            labels["quality"] = {"value": (rating - 1) / steps, "count": 1}
        for key in said.tags.get(response_id, ()):
            labels[key] = {"value": 1.0, "count": 1}
        return labels

    def _written(self, turn: TurnShown, said: TurnAnswer, children: Sequence[TurnShown]) -> Iterator[TreeMessage]:
        """What the person wrote instead; a text that was changed after the conversation had gone on from it stays."""
        texts: dict[str, list[TurnShown]] = {said.ideal_text: []} if said.ideal_text else {}
        for child in children:
            if child.parent is not None and child.parent.continue_from == IDEAL:
                texts.setdefault(child.parent.continued_with or "", []).append(child)
        for number, (text, following) in enumerate(texts.items()):
            key = f"{turn.turn_id}:written" + (f":{number}" if number else "")
            yield TreeMessage(
                id=key,
                parent=turn.turn_id,
                role="assistant",
                text=text,
                worker=self._worker,
                source={"written": True} | ({"started_from": said.ideal_start} if said.ideal_start else {}),
            )
            for child in following:
                yield from self.below(child, key)
