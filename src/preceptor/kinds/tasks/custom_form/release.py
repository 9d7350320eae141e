"""What an accepted answer gives to releases, how far several answers agree, and what a correction changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.content import Candidate, Content, JudgedResponses, Message, Preference, Provenance
from preceptor.kinds.dialogue import joined
from preceptor.kinds.fields.boolean.field import FIELD as BOOLEAN
from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import Groups, ranking_from, ranks_in, strict_pairs
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.findings import join
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Worded
from preceptor.kinds.live import usable
from preceptor.kinds.outcomes import FilledForm, JudgedSteps
from preceptor.kinds.pictures import LabelledPicture, PictureFile
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.tasks.custom_form.answer import ITEM, Answer
from preceptor.kinds.tasks.custom_form.asking import UNREADABLE, Asked, Situation, asked_in, situation_of, target_place
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Settings
from preceptor.kinds.tasks.custom_form.turns import context
from preceptor.lib.i18n import LazyText, _


def rows_of(
    settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer, provenance: Provenance
) -> list[Content]:
    """The filled-in form; and where responses were judged, the judgement as preference formats read it."""
    situation = situation_of(settings, item, turns, answer)
    values: list[FieldValue] = []
    for one, target, value in situation.said():
        on = target if target != ITEM else next(iter(one.form.about), "")
        subject = situation.subject(one, target)
        values += one.field.written(one.settings, value, subject, name=one.form.key, on=on)
    form = FilledForm(
        provenance=provenance,
        data=_data(item, turns),
        values=tuple(values),
        key=item.key,
        answer_source=answer.source,
        picture=item.picture,
    )
    found: list[Content] = [form]
    if item.picture is not None and (drawn := _drawn(situation, item.picture, provenance)) is not None:
        found.append(drawn)
    found += _judged(situation, item, turns, provenance)
    return [*found, *_judged_steps(situation, item, provenance)]


def _drawn(situation: Situation, picture: PictureFile, provenance: Provenance) -> LabelledPicture | None:
    """All shapes that were drawn, of all questions together; None where none was asked for."""
    asked = [one for one in situation.asked if one.form.field == BOXES.key]
    if not asked:
        return None
    shapes = [
        msgspec.structs.replace(shape, id=f"{one.form.key}-{shape.id}"[:64]) if len(asked) > 1 else shape
        for one, _target, value in situation.said()
        if one.form.field == BOXES.key
        for shape in value
    ]
    labels = [label.key for one in asked for label in one.settings.labels]
    return LabelledPicture(
        file=picture, provenance=provenance, shapes=tuple(shapes), labels=tuple(dict.fromkeys(labels))
    )


def _data(item: ItemContent, turns: Sequence[TurnShown]) -> dict[str, Any]:
    """What was looked at: the item's columns, and the conversation under its own names where there is one."""
    found = dict(item.data)
    if item.picture is not None:
        found["picture"] = item.picture.name
    if item.messages:
        found["messages"] = [{"role": one.role, "content": one.content} for one in item.messages]
    if item.steps:
        found["steps"] = list(item.steps)
    if len(turns) > 1:
        told = [
            {"prompt": turn.prompt, "responses": _told(turn.responses), "continued_with": turn.continued_with}
            for turn in turns
        ]
        return found | {"turns": told}
    if item.prompt is not None or turns:
        found["prompt"] = item.prompt if item.prompt is not None else turns[0].prompt
    responses = [one for turn in turns for one in _told(turn.responses)]
    return found | ({"responses": responses} if responses else {})


def _told(responses: Sequence[ResponseShown]) -> list[dict[str, Any]]:
    return [{"id": response.id, "text": response.text, "model": response.model} for response in responses]


def _judged_steps(situation: Situation, item: ItemContent, provenance: Provenance) -> Iterator[JudgedSteps]:
    """The steps with the first yes or no that was asked of each, where all were answered."""
    first = next((one for one in situation.asked if one.form.scope == "step" and one.form.field == BOOLEAN.key), None)
    right = tuple(value for one, _target, value in situation.said() if one is first)
    if item.steps and len(right) == len(item.steps):
        yield JudgedSteps(joined(item.messages, item.prompt), item.steps, right, provenance)


class _Verdicts(msgspec.Struct):
    """What was said about responses: the first rating, tags and text asked of each, and the first orders of them.

    Attributes:
        scale: points of the rating.
        orders: of the responses, by the number of the turn it was asked of, or `ITEM`.
    """

    ratings: dict[str, int] = {}
    errors: dict[str, tuple[str, ...]] = {}
    comments: dict[str, str] = {}
    scale: int | None = None
    orders: dict[str, Groups] = {}


def _verdicts(situation: Situation) -> _Verdicts:
    found = _Verdicts()
    firsts: dict[str, str] = {}
    homes: dict[str, dict[str, Any]] = {RATING.key: found.ratings, TAGS.key: found.errors, TEXT.key: found.comments}
    for one, target, value in situation.said():
        about_responses = one.form.scope == "turn" or (not one.form.about and bool(situation.responses))
        if one.form.field == RANKING.key and one.form.scope != "response" and about_responses:
            found.orders.setdefault(target, value)
        if one.form.scope != "response" or firsts.setdefault(one.form.field, one.form.key) != one.form.key:
            continue
        if one.form.field in homes:
            homes[one.form.field][target] = value
        if one.form.field == RATING.key:
            found.scale = one.settings.points
    return found


def _judged(
    situation: Situation, item: ItemContent, turns: Sequence[TurnShown], provenance: Provenance
) -> Iterator[JudgedResponses]:
    """For each turn in which responses were rated or ranked, the judgement as preference formats read it."""
    verdicts = _verdicts(situation)
    numbers = range(len(situation.turns) - len(turns) + 1, len(situation.turns) + 1)
    for index, (turn, number) in enumerate(zip(turns, numbers, strict=True)):
        responses = [response for response in turn.responses if usable(response)]
        rated = {one.id: float(verdicts.ratings[one.id]) for one in responses if one.id in verdicts.ratings}
        order = verdicts.orders.get(str(number), verdicts.orders.get(ITEM) if len(turns) == 1 else None)
        if not rated and order is None:
            continue
        ranking = order if order is not None else ranking_from(rated)
        ranks = ranks_in(ranking)
        text = {one.id: one.text for one in responses}
        yield JudgedResponses(
            prompt=(*context(item, turns[:index]), Message(role="user", content=turn.prompt)),
            candidates=tuple(_candidate(one, verdicts, ranks.get(one.id)) for one in responses),
            provenance=provenance,
            scale=verdicts.scale,
            preferences=tuple(
                Preference(text[pair.better], text[pair.worse], pair.better, pair.worse, pair.margin)
                for pair in strict_pairs(ranking, ratings=rated or None)
            ),
            turn=index + 1,
            turns=len(turns),
        )


def _candidate(response: ResponseShown, verdicts: _Verdicts, rank: int | None) -> Candidate:
    return Candidate(
        response_id=response.id,
        text=response.text,
        model=response.model,
        sampling=response.sampling,
        system_prompt=response.system_prompt,
        state=response.state,
        finish_reason=response.finish_reason,
        rating=verdicts.ratings.get(response.id),
        errors=verdicts.errors.get(response.id, ()),
        comment=verdicts.comments.get(response.id, ""),
        rank=rank,
    )


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """One measure for each question, over all it was asked about; what a condition hid takes no part."""
    asked = asked_in(settings)
    units: dict[str, list[list[Any]]] = {one.form.key: [] for one in asked}
    for given in answers:
        told: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for answer in given:
            for one in asked:
                for target, value in values_of(asked, one, answer):
                    told[one.form.key, target].append(value)
        for (key, _target), values in told.items():
            units[key].append(values)
    found = []
    for one in asked:
        measure = one.field.agreement(one.settings, units[one.form.key])
        title = _("{question}: {measure}").format(question=Worded(one.form.label), measure=measure.title)
        found.append(msgspec.structs.replace(measure, key=f"{one.form.key}_{measure.key}", title=title))
    return tuple(found)


def values_of(asked: Sequence[Asked], one: Asked, answer: Answer) -> Iterator[tuple[str, Any]]:
    """The values of one question by what they are about, as far as its conditions hold."""
    situation = Situation(asked, answer)
    targets = answer.values.get(one.form.key, {}).keys() | ({ITEM} if one.form.scope == "item" else set())
    for target in sorted(targets):
        value = situation.value(one, target)
        if value is not None and value is not UNREADABLE and situation.is_asked(one, target):
            yield target, value


def answer_changes(settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer) -> list[AnswerChange]:
    """Every difference, question by question, in the words of the form."""
    asked = asked_in(settings)
    old, new = Situation(asked, before), Situation(asked, after)
    found: list[AnswerChange] = []
    for one in asked:
        targets = [*before.values.get(one.form.key, {}), *after.values.get(one.form.key, {})]
        for target in dict.fromkeys([*([ITEM] if one.form.scope == "item" else []), *targets]):
            pair = [_words(one, situation, target) for situation in (old, new)]
            label = _place_label(one, target_place(target, turns))
            path = join("values", one.form.key, target)
            change = text_change if one.form.field == TEXT.key else value_change
            found += change(path, label, *pair)
    return found


def _words(one: Asked, situation: Situation, target: str) -> str:
    if not situation.is_asked(one, target):
        return ""
    value = situation.value(one, target)
    if value is UNREADABLE:
        return ""
    return "" if value is None else one.field.in_words(one.settings, value)


def _place_label(one: Asked, place: Any) -> LazyText:
    question = Worded(one.form.label)
    if "response" in place and "turn" in place:
        where = _("Turn {turn}, response {number}: {question}")
        return where.format(turn=place["turn"], number=place["response"], question=question)
    if "response" in place:
        return _("Response {number}: {question}").format(number=place["response"], question=question)
    if "step" in place:
        return _("Step {step}: {question}").format(step=place["step"], question=question)
    if "turn" in place:
        return _("Turn {turn}: {question}").format(turn=place["turn"], question=question)
    return LazyText("{question}", values=(("question", question),))
