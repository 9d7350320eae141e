"""Content that can weigh on whoever reads it: its categories, and how much of each a day may hold."""

from enum import StrEnum

from preceptor.lib.i18n import LazyText, _

DAILY_MINUTES = 120
"""Most minutes a day with content of one category, where nobody set another number."""


class ContentCategory(StrEnum):
    """What a project's or an item's content may hold. Nobody sees any of it who has not said yes to it."""

    EXTREMISM = "extremism"
    HARASSMENT = "harassment"
    HATE = "hate"
    ILLEGAL = "illegal"
    MEDICAL = "medical"
    SELF_HARM = "self_harm"
    SEXUAL = "sexual"
    VIOLENCE = "violence"


CATEGORY_NAMES: dict[ContentCategory, LazyText] = {
    ContentCategory.EXTREMISM: _("Extremism and terror"),
    ContentCategory.HARASSMENT: _("Harassment and bullying"),
    ContentCategory.HATE: _("Hate against groups of people"),
    ContentCategory.ILLEGAL: _("Crime and illegal goods"),
    ContentCategory.MEDICAL: _("Illness, injury and gore"),
    ContentCategory.SELF_HARM: _("Self-harm and suicide"),
    ContentCategory.SEXUAL: _("Sexual content"),
    ContentCategory.VIOLENCE: _("Violence"),
}
