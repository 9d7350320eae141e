"""How content that can weigh on people is shown to them, and when a break is proposed."""

from collections.abc import Iterator

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

MOST_BREAK_MINUTES = 480
MOST_LANGUAGES = 20

LANGUAGE_LEVELS: dict[int, LazyText] = {
    1: _("1, I can read it"),
    2: _("2, I can write simple texts"),
    3: _("3, I write it well"),
    4: _("4, I write it as educated people do"),
    5: _("5, I grew up with it"),
}


class WellbeingChoice(msgspec.Struct, frozen=True):
    """What somebody chose for themselves.

    Attributes:
        blur: pictures, and texts that were announced as hard to bear, are blurred until they ask for them.
        greyscale: pictures are shown without colours.
        break_minutes: minutes at work after which a break is proposed; 0: never; None: as the installation has it.
    """

    blur: bool = False
    greyscale: bool = False
    break_minutes: int | None = None


def wellbeing_problems(choice: WellbeingChoice) -> Iterator[FieldProblem]:
    """What is wrong with a choice."""
    if choice.break_minutes is not None and not 0 <= choice.break_minutes <= MOST_BREAK_MINUTES:
        message = _("Give a number from {least} to {most}.").format(least=0, most=MOST_BREAK_MINUTES)
        yield FieldProblem("break_minutes", message)
