"""Whose work a manager may want to look at: a suggestion with its formula, never a decision."""

from math import sqrt

import msgspec

LEAST_LOOKED_AT = 20
"""With fewer verdicts a share says too little to be shown to anybody but the person themselves."""
Z95 = 1.959963984540054
"""Half-width of 95 % of the standard normal distribution."""


class Share(msgspec.Struct, frozen=True):
    """A share with its sample and its 95 % interval (Wilson score, without continuity correction).

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212.
    """

    hits: int
    sample: int
    value: float
    low: float
    high: float


def share(hits: int, sample: int) -> Share:
    """The share of `hits` among `sample` trials. Without any, everything is possible."""
    if sample == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    value = hits / sample
    square = Z95 * Z95
    middle = (value + square / (2 * sample)) / (1 + square / sample)
    half = Z95 / (1 + square / sample) * sqrt(value * (1 - value) / sample + square / (4 * sample * sample))
    # Rounding must not push the ends past the value itself.
    return Share(hits, sample, value, max(0.0, min(middle - half, value)), min(1.0, max(middle + half, value)))


def stands_out(person: Share, others: Share) -> bool:
    """True where a person's share is above that of all others together, and chance does not explain it.

    The lower end of theirs must lie above the upper end of the others', over a sample that says something.
    """
    return person.sample >= LEAST_LOOKED_AT and others.sample >= LEAST_LOOKED_AT and person.low > others.high
