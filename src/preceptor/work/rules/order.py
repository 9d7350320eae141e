"""The order in which a person sees responses, and ids for what came with an item."""

from collections.abc import Iterable
from hashlib import sha1, sha256
from uuid import UUID


def shuffled(response_ids: Iterable[str], *, assignment_id: UUID) -> list[str]:
    """The responses in the order this person sees them.

    Sorted by the SHA-256 of assignment and response: the same for one person on every device and for ever, unrelated
    between persons, and known from the two ids alone, so that it need not be kept.
    """
    salt = assignment_id.bytes
    return sorted(response_ids, key=lambda response_id: sha256(salt + response_id.encode()).digest())


def given_turn_id(item_id: UUID) -> str:
    """The id of the turn that came with an item, prompt and responses."""
    return _derived(item_id, "given")


def given_response_id(item_id: UUID, index: int) -> str:
    """The id of the response at `index` among those that came with an item."""
    return _derived(item_id, f"given {index}")


def _derived(item_id: UUID, name: str) -> str:
    """`str(uuid5(item_id, name))` at a fifth of its cost, which every claim and answer pays many times.

    Source: RFC 9562, section 5.5.
    """
    digest = bytearray(sha1(item_id.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
