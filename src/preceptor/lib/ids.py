"""Ids that sort by the time they were made."""

import os
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last: int = 0


def new_ids(count: int) -> list[UUID]:
    """As many ids as `new_id` would give one by one, at a fraction of the cost: for those who make thousands."""
    global _last  # noqa: PLW0603 (the counter is the whole point)
    with _lock:
        first = max(time.time_ns() // 1_000_000 << 12, _last + 1)
        _last = first + count - 1
    random = os.urandom(8 * count)
    ids = []
    for index in range(count):
        stamp = first + index
        low = int.from_bytes(random[8 * index : 8 * index + 8]) & ((1 << 62) - 1) | 1 << 63
        ids.append(UUID(int=((stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)) << 64 | low))
    return ids


def new_id() -> UUID:
    """A new UUID of version 7: 48 bits of Unix time in milliseconds, the rest random.

    Ids made by one process ascend strictly, also within one millisecond: the 12 bits after the version count on from a
    random start. Source: RFC 9562, section 5.7, with method 1 of section 6.2.
    """
    global _last  # noqa: PLW0603 (the counter is the whole point)
    with _lock:
        stamp = time.time_ns() // 1_000_000 << 12 | int.from_bytes(os.urandom(1))
        _last = max(stamp, _last + 1)
        stamp = _last
    high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
    low = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1) | 1 << 63
    return UUID(int=high << 64 | low)
