"""What waits to be judged and is not offered to whoever asks, and why."""

from collections.abc import Iterable

import msgspec

from preceptor.api.work_lists import ReasonTold, told
from preceptor.quality import HeldBack


class HeldBackPart(msgspec.Struct, frozen=True):
    """So many wait that are not offered to you, why, and what would change it. `more`: at least so many."""

    count: int
    reason: ReasonTold
    more: bool = False


def held_back_parts(found: Iterable[HeldBack]) -> list[HeldBackPart]:
    """As the API tells it."""
    return [HeldBackPart(one.count, told(one.reason), one.more) for one in found]
