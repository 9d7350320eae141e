"""What trainers say of the work an offer is for."""

from collections.abc import Collection
from uuid import UUID

from preceptor.hiring.rules import OfferFields
from preceptor.lib.db import ReadSession
from preceptor.projects import Ratings
from preceptor.projects.queries import ratings_of_projects


async def ratings_of_offers(session: ReadSession, *, offers: Collection[OfferFields]) -> dict[UUID, Ratings]:
    """What trainers say of the projects of offers, by project; those with fewer than five ratings are left out."""
    return await ratings_of_projects(session, project_ids={one for offer in offers for one in offer.project_ids})


def ratings_of(offer: OfferFields, found: dict[UUID, Ratings]) -> Ratings | None:
    """Of an offer's projects the one that most have rated."""
    return max((found[one] for one in offer.project_ids if one in found), key=lambda one: one.count, default=None)
