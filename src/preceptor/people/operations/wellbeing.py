"""Choosing for oneself: what one speaks, and how hard content is shown."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries.profile import profile_of
from preceptor.people.rules import Actor, Spoken, clean_language, is_language
from preceptor.people.rules.wellbeing import MOST_LANGUAGES, WellbeingChoice, wellbeing_problems
from preceptor.people.tables import Wellbeing


async def set_wellbeing(session: WriteSession, *, actor: Actor, choice: WellbeingChoice) -> None:
    """Keep how the actor wants things shown, and when a break is proposed to them. Nobody else reads it.

    Raises:
        InvalidError: minutes out of bounds.
    """
    if problems := list(wellbeing_problems(choice)):
        raise InvalidError(fields=problems)
    values = {"blur": choice.blur, "greyscale": choice.greyscale, "break_minutes": choice.break_minutes}
    statement = insert(Wellbeing).values(person_id=actor.person_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


async def set_own_languages(session: WriteSession, *, actor: Actor, spoken: Sequence[Spoken]) -> None:
    """Keep what the actor speaks, as they say themselves. Their place stays: what they are paid depends on it.

    Raises:
        InvalidError: an unknown language or level, or too many of them.
    """
    if len(spoken) > MOST_LANGUAGES:
        message = _("Name at most {count} languages.").format(count=MOST_LANGUAGES)
        raise InvalidError(fields=[FieldProblem("spoken", message)])
    cleaned = [Spoken(clean_language(one.language), one.level) if is_language(one.language) else one for one in spoken]
    place = (await profile_of(session, person_id=actor.person_id)).place
    await set_place_and_languages(session, actor=actor, person_id=actor.person_id, place=place, spoken=cleaned)
