"""Honest checks before submit: what looks like a slip is asked about, once, and never refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.fields.ranking.field import inversions
from preceptor.kinds.fields.rating.field import good_from
from preceptor.kinds.findings import Question
from preceptor.kinds.labels import Worded
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.settings import Settings
from preceptor.kinds.tasks.rate_responses.validation import judged
from preceptor.lib.i18n import _

_FEWEST_FOR_ALL = 2


def answer_questions(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[Question]:
    """Every doubt about a valid answer, turn by turn. Responses are called by their place as this person saw them."""
    found: list[Question] = []
    for index, (shown, said) in enumerate(zip(turns, answer.turns, strict=True)):
        for question in (
            *_perfect_with_error(settings, shown, said),
            *_ranking_against_ratings(shown, said),
            *_same_text_rated_apart(shown, said),
            *_all_bad_against_ratings(settings, shown, said),
            *_ideal_without_change(shown, said),
        ):
            text = question.text
            if len(turns) > 1:
                text = _("Turn {turn}: {question}").format(turn=index + 1, question=text)
            found.append(Question(question.code, text, f"turns.{index}.{question.path}"))
    if answer.next_prompt.strip():
        text = _("You typed another prompt and did not send it. Submit without it?")
        found.append(Question("prompt_not_sent:next_prompt", text, "next_prompt"))
    return found


def _places(shown: TurnShown) -> dict[str, int]:
    return {response.id: place for place, response in enumerate(shown.responses, 1)}


def _perfect_with_error(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    top = settings.scale.points
    for place, response in enumerate(shown.responses, 1):
        errors = said.errors.get(response.id, ())
        if errors and said.ratings.get(response.id) == top:
            label = next((Worded(tag.label) for tag in settings.errors if tag.key == errors[0]), errors[0])
            text = _("Response {number} has the top rating, {rating}, and the error “{error}”. Are both right?")
            text = text.format(number=place, rating=top, error=label)
            yield Question(f"top_rating_with_error:{response.id}", text, f"ratings.{response.id}")


def _ranking_against_ratings(shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    if said.ranking is None:
        return
    places = _places(shown)
    for better, worse in inversions(said.ranking, said.ratings):
        text = _("You ranked response {better} above response {worse}, but rated it lower. Is the ranking right?")
        text = text.format(better=places[better], worse=places[worse])
        yield Question(f"ranking_against_ratings:{better}:{worse}", text, "ranking")


def _same_text_rated_apart(shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    first: dict[str, str] = {}
    places = _places(shown)
    for response in judged(shown, said):
        other = first.setdefault(response.text.strip(), response.id)
        if said.ratings[other] != said.ratings[response.id]:
            text = _("Responses {one} and {other} say the same, but are rated differently. Is that right?")
            text = text.format(one=places[other], other=places[response.id])
            yield Question(f"same_text_rated_apart:{other}:{response.id}", text, f"ratings.{response.id}")


def _all_bad_against_ratings(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    good = good_from(settings.scale.points)
    places = _places(shown)
    compared = judged(shown, said)
    if said.all_bad:
        for response in compared:
            rating = said.ratings[response.id]
            if rating >= good:
                text = _("You said that all are bad, but rated response {number} with {rating}. Is that right?")
                text = text.format(number=places[response.id], rating=rating)
                yield Question(f"all_bad_with_good_rating:{response.id}", text, "all_bad")
    elif len(compared) >= _FEWEST_FOR_ALL and all(said.ratings[response.id] == 1 for response in compared):
        text = _("Every response has the lowest rating, but “all are bad” is not ticked. Leave it so?")
        yield Question(f"lowest_ratings_without_all_bad:{shown.turn_id}", text, "all_bad")


def _ideal_without_change(shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    if said.ideal_text is None:
        return
    ideal = said.ideal_text.strip()
    same = [response.id for response in shown.responses if response.text.strip() == ideal]
    if not same:
        return
    if said.ideal_start in same:
        text = _("Your ideal response is response {number}, unchanged. Is nothing to be improved?")
        text = text.format(number=_places(shown)[said.ideal_start])
        yield Question(f"ideal_unchanged:{said.ideal_start}", text, "ideal")
    else:
        text = _("Your ideal response says exactly the same as response {number}. Is that right?")
        text = text.format(number=_places(shown)[same[0]])
        yield Question(f"ideal_same_as_response:{same[0]}", text, "ideal")
