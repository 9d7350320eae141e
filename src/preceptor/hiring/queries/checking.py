"""Is a number, link or message genuine?"""

import msgspec
from sqlalchemy import select

from preceptor.hiring.queries.offers import OfferView, views_of
from preceptor.hiring.rules import OfferState, read_pasted
from preceptor.hiring.rules.checking import MOST_PASTED
from preceptor.hiring.tables import Offer
from preceptor.lib.db import ReadSession

__all__ = ["MOST_PASTED", "Checked", "check_pasted"]


class Checked(msgspec.Struct, frozen=True):
    """What is known about something that was pasted.

    Attributes:
        offers: that were published here under a number in it; closed ones say so.
        unknown: numbers in it that no published offer has.
        elsewhere: other sites that it links to.
    """

    offers: list[OfferView]
    unknown: list[int]
    elsewhere: list[str]


async def check_pasted(session: ReadSession, *, text: str, base_url: str) -> Checked:
    """Look up the numbers in a text. For everybody: drafts are as unknown as numbers that nobody has."""
    pasted = read_pasted(text, base_url=base_url)
    rows = await session.scalars(
        select(Offer).where(Offer.number.in_(pasted.numbers), Offer.state != OfferState.DRAFT.value)
    )
    found = {view.number: view for view in await views_of(session, list(rows))}
    return Checked(
        offers=[found[number] for number in pasted.numbers if number in found],
        unknown=[number for number in pasted.numbers if number not in found],
        elsewhere=pasted.elsewhere,
    )
