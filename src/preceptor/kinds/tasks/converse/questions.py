"""Honest checks before submit: what looks like a slip is asked about, once, and never refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.fields.rating.field import good_from
from preceptor.kinds.findings import Question, join
from preceptor.kinds.labels import Worded
from preceptor.kinds.shown import IDEAL, TurnShown
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.lines import choice_in, final_line
from preceptor.kinds.tasks.converse.settings import Settings
from preceptor.lib.i18n import _


def answer_questions(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[Question]:
    """Every doubt about a valid answer: along the conversation that is handed in, then about the whole."""
    line = final_line(turns, answer)
    places = {said.turn_id: index for index, said in enumerate(answer.turns)}
    found: list[Question] = []
    for number, shown in enumerate(line, 1):
        if shown.turn_id not in places:
            continue
        index = places[shown.turn_id]
        said = answer.turns[index]
        for question in (
            *_top_rating_with_tag(settings, shown, said),
            *_chosen_against_ratings(shown, said),
            *_ideal_without_change(shown, said),
        ):
            text = question.text
            if len(line) > 1:
                text = _("Turn {turn}: {question}").format(turn=number, question=text)
            found.append(Question(question.code, text, join("turns", index, question.path)))
    found += _whole_against_parts(settings, line, answer)
    found += _not_sent(answer)
    return found


def _place(shown: TurnShown, key: str) -> int:
    """What a response is called where there are several: its place, as this person saw them."""
    return next(place for place, response in enumerate(shown.responses, 1) if response.id == key)


def _top_rating_with_tag(settings: Settings, shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    top = settings.each.scale.points
    major = {tag.key: tag for tag in settings.each.tags if tag.severity == "major"}
    for number, response in enumerate(shown.responses, 1):
        wrong = next((tag for tag in said.tags.get(response.id, ()) if tag in major), None)
        if wrong is None or said.ratings.get(response.id) != top:
            continue
        if len(shown.responses) == 1:
            text = _("The response has the top rating, {rating}, and the tag “{tag}”. Are both right?")
        else:
            text = _("Response {number} has the top rating, {rating}, and the tag “{tag}”. Are both right?")
        text = text.format(number=number, rating=top, tag=Worded(major[wrong].label))
        yield Question(f"top_rating_with_tag:{response.id}", text, f"ratings.{response.id}")


def _chosen_against_ratings(shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    chosen = choice_in(shown, said)
    if chosen is None or chosen not in said.ratings:
        return
    ids = [response.id for response in shown.responses]
    better = next((key for key in ids if said.ratings.get(key, 0) > said.ratings[chosen]), None)
    if better is not None:
        text = _("You preferred response {chosen}, but rated response {better} higher. Are the ratings right?")
        text = text.format(chosen=_place(shown, chosen), better=_place(shown, better))
        yield Question(f"chosen_against_ratings:{chosen}", text, f"ratings.{chosen}")


def _ideal_without_change(shown: TurnShown, said: TurnAnswer) -> Iterator[Question]:
    if said.ideal_text is None:
        return
    ideal = said.ideal_text.strip()
    same = next((response.id for response in shown.responses if response.text.strip() == ideal), None)
    if same is None:
        return
    if len(shown.responses) == 1:
        text = _("What you wrote is the model’s response, unchanged. Is nothing to be improved?")
    else:
        text = _("What you wrote is response {number}, unchanged. Is nothing to be improved?")
    yield Question(f"ideal_unchanged:{same}", text.format(number=_place(shown, same)), "ideal")


def _whole_against_parts(settings: Settings, line: Sequence[TurnShown], answer: Answer) -> Iterator[Question]:
    """The top for the conversation, and for none of the responses it went on with even a good rating."""
    each, whole = settings.each.scale.points, settings.whole.scale.points
    said = {one.turn_id: one for one in answer.turns}
    ratings = []
    for shown in line:
        here = said.get(shown.turn_id, TurnAnswer(turn_id=shown.turn_id))
        chosen = choice_in(shown, here)
        if chosen == IDEAL or (chosen is not None and chosen in here.ratings):
            ratings.append(each if chosen == IDEAL else here.ratings[chosen])
    if ratings and answer.rating == whole and max(ratings) < good_from(each):
        text = _(
            "The conversation has the top rating, {rating}, but none of its responses has a good one. Is it right?"
        )
        yield Question("top_whole_of_poor_parts:rating", text.format(rating=whole), "rating")


def _not_sent(answer: Answer) -> Iterator[Question]:
    if answer.next_prompt.strip():
        text = _("You typed another message and did not send it. Submit without it?")
        yield Question("prompt_not_sent:next_prompt", text, "next_prompt")
