"""Prices for each task: which one holds when, and whether a change pays anybody less."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

MOST_PRICE_MINOR = 100_000_000


class PriceVersion(msgspec.Struct, frozen=True):
    """A project's price for each task as it was set once, in minor units of its currency.

    Attributes:
        id: ascending with the time it was written.
        minor: what handing a task in earns; None: from then on the hour is paid.
        valid_from: tasks begun from then on.
    """

    id: UUID
    minor: int | None
    valid_from: datetime


def price_in_force(
    versions: Iterable[PriceVersion], *, own: int | None, at: datetime
) -> tuple[int | None, datetime | None]:
    """What handing in a task earns that is begun at a moment, and when the next version begins.

    Args:
        versions: of one project, in any order. Of several dates the newest that has begun holds; of one date the
            version that was written last.
        own: the project's own price, which holds until the first version begins; None where it has none.
        at: the moment.
    """
    found, later = own, None
    for one in sorted(versions, key=lambda version: (version.valid_from, version.id)):
        if one.valid_from > at:
            later = one.valid_from
            break
        found = one.minor
    return found, later


def lowers_price(versions: Iterable[PriceVersion], new: PriceVersion, *, own: int | None) -> bool:
    """True where a task begun when a new version begins would earn less by it than without it.

    The end of a price is less: the hour is promised either way, and what tasks earned above it is gone.
    """
    known = [one for one in versions if one.id != new.id]
    before, _later = price_in_force(known, own=own, at=new.valid_from)
    return before is not None and (new.minor is None or new.minor < before)
