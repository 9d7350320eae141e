"""Is a recruiter's message genuine? Numbers of offers and addresses of other sites, found in what somebody pastes."""

import re
from urllib.parse import urlsplit

import msgspec

MOST_PASTED = 10_000
MOST_NUMBERS = 5

_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'()]{1,500}", re.IGNORECASE)
_PATH = re.compile(r"^/offers/(\d{1,9})(?:/|$)")
_NUMBER = re.compile(r"(?<![\w/.,-])#?(\d{4,9})(?![\w/]|[.,]\d)")


class Pasted(msgspec.Struct, frozen=True):
    """What was found in a number, link or message.

    Attributes:
        numbers: that can be those of offers here, each once.
        elsewhere: names of other sites that it links to.
    """

    numbers: list[int]
    elsewhere: list[str]


def read_pasted(text: str, *, base_url: str) -> Pasted:
    """Find the numbers of offers, and links that lead to other sites than this one (`base_url`).

    A number is taken from a link to an offer here, or where it stands alone with four digits or more; a text that is
    nothing but a shorter number counts too.
    """
    text = text[:MOST_PASTED].strip()
    here = urlsplit(base_url)
    numbers: list[int] = []
    elsewhere: list[str] = []
    for link in _LINK.findall(text):
        try:
            parts = urlsplit(link if "//" in link else f"http://{link}")
            host = parts.hostname or ""
        except ValueError:
            elsewhere.append(link[:80])
            continue
        if (host, parts.port) == (here.hostname, here.port) and not parts.username:
            if found := _PATH.match(parts.path):
                numbers.append(int(found[1]))
        elif host:
            elsewhere.append(host)
    rest = _LINK.sub(" ", text)
    if found := _PATH.match(rest):
        numbers.append(int(found[1]))
    elif rest.strip("# ").isascii() and rest.strip("# ").isdigit() and len(rest.strip("# ")) <= 9:  # noqa: PLR2004
        numbers.append(int(rest.strip("# ")))
    else:
        numbers += [int(one) for one in _NUMBER.findall(rest)]
    return Pasted(list(dict.fromkeys(numbers))[:MOST_NUMBERS], list(dict.fromkeys(elsewhere))[:MOST_NUMBERS])
