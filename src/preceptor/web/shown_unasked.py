"""Reviews that wait for nobody, in words."""

from collections.abc import Iterable

import msgspec

from preceptor.lib.i18n import LazyText
from preceptor.people import CATEGORY_NAMES
from preceptor.quality.queries import UnaskedReviews


class ShownUnasked(msgspec.Struct, frozen=True):
    """So many answers of a project, and the content nobody has said yes to."""

    title: str
    count: int
    content: list[LazyText]


def shown_unasked(found: Iterable[UnaskedReviews]) -> list[ShownUnasked]:
    """The same in words."""
    return [ShownUnasked(one.title, one.count, [CATEGORY_NAMES[name] for name in one.content]) for one in found]
