"""The order in which a person sees responses, and ids for what came with an item."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID, uuid5


def shuffled(response_ids: Iterable[str], *, assignment_id: UUID) -> list[str]:
    """The responses in the order this person sees them.

    Sorted by the SHA-256 of assignment and response: the same for one person on every device and for ever, unrelated
    between persons, and known from the two ids alone, so that it need not be kept.
    """
    salt = assignment_id.bytes
    return sorted(response_ids, key=lambda response_id: sha256(salt + response_id.encode()).digest())


def given_turn_id(item_id: UUID) -> str:
    """The id of the turn that came with an item, prompt and responses."""
    return str(uuid5(item_id, "given"))


def given_response_id(item_id: UUID, index: int) -> str:
    """The id of the response at `index` among those that came with an item."""
    return str(uuid5(item_id, f"given {index}"))
