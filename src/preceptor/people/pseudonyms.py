# ruff: noqa: SIM905 (a list of words reads best as words)
"""Names that reviewers and releases see instead of people's own: two calm words and, where needed, a number."""

import secrets
from functools import lru_cache
from hashlib import sha256
from hmac import digest
from uuid import UUID

FIRST = (
    "amber aspen autumn azure birch bold brave bright calm cedar clear clever cloud copper coral crisp dawn deep "
    "early east even fair fern fine fresh gentle glad golden grand green happy hazel honest ivory jade keen kind "
    "light lively lucky lunar maple mellow mild misty noble north olive open opal pale patient pearl plain polar "
    "proud quick quiet rapid river royal sage sandy silent silver simple sleek slow snowy soft solar south spring "
    "steady still summer sunny swift tall teal tidy true velvet violet vivid warm west wide wild winter wise young"
).split()
SECOND = (
    "acorn anchor badger basin bay beacon bear beech bell birch bison branch breeze bridge brook canyon cliff cloud "
    "coast comet cove crane creek crow dale deer delta dove dune eagle ember falcon fern field finch fjord flame "
    "forest fox garden glade grove gull harbor hare hawk hazel heron hill horizon island jay kestrel lake lamp "
    "lantern lark leaf ledge lily lynx maple marsh meadow mesa mill moon moss oak ocean orchard otter owl path peak "
    "pebble pine plain pond poppy quail rain raven reed reef ridge river robin rook rose sail seal shore sky sparrow "
    "spring star stone stream swan thistle thrush tide trail tree valley wave willow wind wolf wren"
).split()


def random_pseudonym(*, numbered: bool = False) -> str:
    """Two random words such as `amber-otter`; with a number of five digits where the words alone were taken."""
    words = f"{secrets.choice(FIRST)}-{secrets.choice(SECOND)}"
    return f"{words}-{secrets.randbelow(90_000) + 10_000}" if numbered else words


@lru_cache(maxsize=100_000)
def derived_pseudonym(person_id: UUID, *, seed: str) -> str:
    """The pseudonym of a person under a seed, such as `amber-otter-48213`: always the same, and unrelated to others.

    Who knows the seed but not the person's id cannot find the person; the words are drawn by HMAC-SHA256.
    """
    drawn = int.from_bytes(digest(seed.encode(), person_id.bytes, sha256)[:16])
    drawn, first = divmod(drawn, len(FIRST))
    drawn, second = divmod(drawn, len(SECOND))
    return f"{FIRST[first]}-{SECOND[second]}-{drawn % 90_000 + 10_000}"
