"""Keys name what came with an item by its place, so that they hold for every copy of the item."""

from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.shown import GivenTurn
from preceptor.work.rules.order import given_response_id, given_turn_id

TURN = "given-turn"
"""In place of the id of the turn that came with an item."""
RESPONSE = "given-response-{number}"
"""In place of the id of a response that came with an item, counted from 1."""


def portable(key: dict[str, Any], *, item_id: UUID, given: GivenTurn | None) -> dict[str, Any]:
    """A key with places instead of the ids of one item."""
    return _renamed(key, {own: place for place, own in _names(item_id, given).items()})


def bound(key: dict[str, Any], *, item_id: UUID, given: GivenTurn | None) -> dict[str, Any]:
    """A key with the ids of one item instead of places."""
    return _renamed(key, _names(item_id, given))


def _names(item_id: UUID, given: GivenTurn | None) -> dict[str, str]:
    if given is None:
        return {}
    responses = {
        RESPONSE.format(number=index + 1): given_response_id(item_id, index) for index in range(len(given.responses))
    }
    return {TURN: given_turn_id(item_id), **responses}


def _renamed(key: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    text = msgspec.json.encode(key).decode()
    for old, new in names.items():
        # Whole strings alone: inside a longer text the quotation marks would be escaped.
        text = text.replace(f'"{old}"', f'"{new}"')
    renamed: dict[str, Any] = msgspec.json.decode(text)
    return renamed
