"""The tags that ask something, each as a question of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.choice.field import FIELD as CHOICE
from preceptor.kinds.fields.date.field import FIELD as DATE
from preceptor.kinds.fields.number.field import FIELD as NUMBER
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.rating.field import FEWEST_POINTS, MOST_POINTS
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.labels import MAX_LABEL_CHARACTERS
from preceptor.kinds.tasks.custom_form.label_studio.config import LONGEST_KEY, Config, plain_key
from preceptor.lib.i18n import SOURCE_LANGUAGE, _

USUAL_STARS = 5
_SHAPES = {"RectangleLabels": "box", "PolygonLabels": "polygon", "KeyPointLabels": "point"}


def _choices(config: Config, element: Element) -> None:
    """Choices and Taxonomy: a list or a tree to choose from."""
    if any(choice.get("value", "").startswith("$") for choice in element.iter("Choice")) or element.get("value"):
        config.leave_out(element, _("its choices come from the data, and a form's are its own"))
        return
    taxonomy = element.tag == "Taxonomy"
    words: dict[str, str] = {}
    options = _options(config, element, set(), words)
    config.options[element.get("name", "")] = words
    if len(words) < 2:  # noqa: PLR2004 (it takes two to choose)
        config.leave_out(element, _("it has fewer than two choices"))
        return
    settings: dict[str, Any] = {
        "options": options,
        "multiple": taxonomy or element.get("choice") == "multiple",
        "groups": taxonomy and element.get("leafsOnly") != "true",
        "layout": "menu" if element.get("layout") == "select" else "list",
    }
    if taxonomy and element.get("maxUsages") == "1":
        settings["multiple"] = False
    default = [words[one.get("value", "")] for one in element.iter("Choice") if one.get("selected") == "true"]
    config.add(element, CHOICE.key, settings, default=default or None)
    config.attributes_left(element, ("perItem", "allowNested", "apiUrl"))


def _options(config: Config, element: Element, taken: set[str], words: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    shortcuts = {option["shortcut"] for option in found}
    for choice in element.findall("Choice"):
        value = choice.get("value", "")
        key = _free(plain_key(choice.get("alias") or value), taken)
        words.setdefault(value, key)
        if alias := choice.get("alias"):
            words.setdefault(alias, key)
        shortcut = _shortcut(config, choice, shortcuts)
        label = {SOURCE_LANGUAGE: (value or key)[:MAX_LABEL_CHARACTERS]}
        option = {"key": key, "label": label, "shortcut": shortcut}
        found.append(option | {"options": _options(config, choice, taken, words)})
    return found


def _free(base: str, taken: set[str]) -> str:
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base[: LONGEST_KEY - 4]}_{number}"
    taken.add(key)
    return key


def _shortcut(config: Config, element: Element, taken: set[str | None]) -> str | None:
    """The key of a choice or a label, where it is one that has no other meaning here."""
    hotkey = element.get("hotkey") or ""
    key = hotkey.lower()
    if len(key) == 1 and key.isascii() and key.isalnum() and key not in taken:
        taken.add(key)
        return key
    if hotkey:
        config.note(element, _("the key {key} is not carried over").format(key=hotkey))
    return None


def _rating(config: Config, element: Element) -> None:
    """Rating: stars become points."""
    stars = _whole(element.get("maxRating"), USUAL_STARS)
    if not FEWEST_POINTS <= stars <= MOST_POINTS:
        message = _("a rating has {least} to {most} points here").format(least=FEWEST_POINTS, most=MOST_POINTS)
        config.note(element, message)
    points = min(max(stars, FEWEST_POINTS), MOST_POINTS)
    config.add(element, RATING.key, {"points": points}, default=_number(element.get("defaultValue")))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < LONGEST_KEY else default


def _number(text: str | None) -> int | float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _ranker(config: Config, element: Element) -> None:
    """Ranker: an order of the responses."""
    config.add(element, RANKING.key, {"ties": False})
    if element.findall("Bucket"):
        config.note(element, _("its buckets are not carried over: everything is put in one order"))


def _pairwise(config: Config, element: Element) -> None:
    """Pairwise: a choice between two columns."""
    columns = config.on(element)
    if len(columns) != 2:  # noqa: PLR2004 (a pair)
        config.leave_out(element, _("it does not name two texts that are shown"))
        return
    keys: set[str] = set()
    options = [{"key": _free(plain_key(one), keys), "label": {SOURCE_LANGUAGE: one}} for one in columns]
    config.options[element.get("name", "")] = {
        element.get("leftChoice", "left"): options[0]["key"],  # type: ignore[dict-item] # a key is a text
        element.get("rightChoice", "right"): options[1]["key"],  # type: ignore[dict-item] # a key is a text
    }
    config.add(element, CHOICE.key, {"options": options}, about=columns)


def _textarea(config: Config, element: Element) -> None:
    """TextArea: a text."""
    default = element.get("value") or None
    if default and default.startswith("$"):
        config.note(element, _("its value from the data is not filled in"))
        default = None
    config.add(element, TEXT.key, {}, default=default)
    if element.get("maxSubmissions") not in {None, "1"}:
        config.note(element, _("several texts become one"))
    config.attributes_left(element, ("skipDuplicates",))


def _labels(config: Config, element: Element) -> None:
    """Labels, also of HyperText: words to mark."""
    about = config.on(element)
    if not about:
        config.leave_out(element, _("it does not name a text that is shown"))
        return
    keys: set[str] = set()
    shortcuts: set[str | None] = set()
    labels = []
    for label in element.findall("Label"):
        words = label.get("value", "")
        key = _free(plain_key(label.get("alias") or words), keys)
        name = {SOURCE_LANGUAGE: (words or key)[:MAX_LABEL_CHARACTERS]}
        labels.append({"key": key, "label": name, "shortcut": _shortcut(config, label, shortcuts)})
    if not labels:
        config.leave_out(element, _("it has no labels"))
        return
    settings = {"labels": labels, "whole_words": element.get("granularity") == "word"}
    config.add(element, SPANS.key, settings, about=about)
    config.attributes_left(element, ("maxUsages",))


def _counted(config: Config, element: Element) -> None:
    """Number: with its bounds."""
    settings = {
        "least": _number(element.get("min")),
        "most": _number(element.get("max")),
        "step": _number(element.get("step")),
    }
    config.add(element, NUMBER.key, settings, default=_number(element.get("defaultValue")))


def _dated(config: Config, element: Element) -> None:
    """DateTime: a day, or a day and a time."""
    only = {one.strip() for one in element.get("only", "").split(",") if one.strip()}
    if only and "date" not in only:
        config.leave_out(element, _("only whole dates can be asked for"))
        return
    bounds = {"earliest": element.get("min"), "latest": element.get("max")}
    settings: dict[str, Any] = {"time": not only or "time" in only}
    for name, bound in bounds.items():
        if bound and len(bound) == 10:  # noqa: PLR2004 (2026-01-31)
            settings[name] = bound
        elif bound:
            config.note(element, _("the bound {bound} is no day and is not carried over").format(bound=bound))
    config.add(element, DATE.key, settings)
    config.attributes_left(element, ("format",))


def _shapes(config: Config, element: Element) -> None:
    """RectangleLabels, PolygonLabels, KeyPointLabels: on the picture, under the names they have."""
    if element.get("toName") not in config.pictures:
        config.leave_out(element, _("it does not name a picture that is shown"))
        return
    names = dict.fromkeys(label.get("alias") or label.get("value") or "" for label in element.findall("Label"))
    labels = [{"key": name, "label": {SOURCE_LANGUAGE: name[:MAX_LABEL_CHARACTERS]}} for name in names if name.strip()]
    if not labels:
        config.leave_out(element, _("it has no labels"))
        return
    config.add(element, BOXES.key, {"labels": labels, "kinds": [_SHAPES[element.tag]]})
    config.attributes_left(element, ("maxUsages",))


QUESTIONS: dict[str, Callable[[Config, Element], None]] = {
    "Choices": _choices,
    "Taxonomy": _choices,
    "Rating": _rating,
    "Ranker": _ranker,
    "Pairwise": _pairwise,
    "TextArea": _textarea,
    "Labels": _labels,
    "HyperTextLabels": _labels,
    "Number": _counted,
    "DateTime": _dated,
    "RectangleLabels": _shapes,
    "PolygonLabels": _shapes,
    "KeyPointLabels": _shapes,
}
