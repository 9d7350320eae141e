"""Reads a labelling configuration: what is shown, what is asked, and what cannot be carried over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from preceptor.kinds.task import InvalidSettingsError, SettingsRead
from preceptor.kinds.tasks.custom_form.label_studio.config import Config, plain_key
from preceptor.kinds.tasks.custom_form.label_studio.questions import QUESTIONS
from preceptor.kinds.tasks.custom_form.settings import MOST_FIELDS, Settings, ShownData, completed
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

MOST_ELEMENTS = 5_000
DEEPEST = 50

_QUIET = frozenset({"View", "Style", "Label", "Choice", "Collapse", "Panel"})
"""What only arranges others, or belongs to the tag around it."""


def read_config(text: str) -> SettingsRead[Settings]:
    """A form from the XML of a labelling configuration.

    Raises:
        InvalidSettingsError: it is not such a configuration, holds what no configuration needs (entities, references to
            files), or asks nothing that can be carried over.
    """
    config = Config()
    _read(config, _walk(_parsed(text), 0))
    if not config.fields:
        message = _("There is no question in this configuration that can be carried over.")
        raise InvalidSettingsError(
            fields=[FieldProblem("", message), *(FieldProblem("", one) for one in config.left_out)]
        )
    settings = Settings(
        fields=tuple(completed(form) for form in config.fields[:MOST_FIELDS]), shown=tuple(config.shown)
    )
    return SettingsRead(settings, tuple(config.left_out))


def _parsed(text: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        message = _(
            "This XML declares entities or a document type, which a configuration has no need of. Take them out."
        )
        raise InvalidSettingsError(fields=[FieldProblem("", message)]) from error
    except (ParseError, ValueError) as error:
        message = _("This is not XML that can be read: {detail}.").format(detail=str(error))
        raise InvalidSettingsError(fields=[FieldProblem("", message)]) from error
    return root


def _read(config: Config, elements: Sequence[Element]) -> None:
    """What is shown first, since what is asked may stand before it; then all of it in order."""
    if len(elements) > MOST_ELEMENTS:
        raise InvalidSettingsError(fields=[FieldProblem("", _("This configuration is too large."))])
    for element in elements:
        if show := _SHOWN.get(element.tag):
            show(config, element)
    for element in elements:
        value = element.get("value", "")
        if element.tag == "Header":
            config.heading = "" if value.startswith("$") else value
        elif element.tag in _SHOWN:
            config.head_column(element)
        elif ask := QUESTIONS.get(element.tag):
            ask(config, element)
        else:
            _arranges(config, element)


def _arranges(config: Config, element: Element) -> None:
    """What neither shows nor asks: nothing to carry over, unless it says when or how often."""
    if element.tag == "Repeater":
        config.note(element, _("what is in it is asked once, and not again for each thing it names"))
    elif element.tag not in _QUIET:
        config.leave_out(element, _("there is nothing like it here"))
    elif element.tag == "View":
        config.attributes_left(element, ("visibleWhen",))


def _walk(element: Element, depth: int) -> list[Element]:
    if depth > DEEPEST:
        raise InvalidSettingsError(fields=[FieldProblem("", _("This configuration is too large."))])
    found = [element]
    for inner in element:
        found += _walk(inner, depth + 1)
    return found


def _text(config: Config, element: Element) -> None:
    """Text, HyperText, Markdown: a column that is shown."""
    name, value = element.get("name", ""), element.get("value", "")
    if not value.startswith("$") or not value[1:]:
        config.leave_out(element, _('only columns of the data can be shown, such as value="$text"'))
        return
    key = value[1:][:100]
    config.names[name] = key
    if all(shown.key != key for shown in config.shown):
        config.shown.append(ShownData(key, format="plain" if element.tag == "Text" else "markdown"))
    if element.tag == "HyperText":
        config.note(element, _("its HTML is shown as text"))


def _picture(config: Config, element: Element) -> None:
    """Image: an item's picture is always shown."""
    config.pictures.add(element.get("name", ""))
    if len(config.pictures) > 1:
        config.leave_out(element, _("an item has one picture"))
    else:
        config.note(element, _("the picture comes as the item's own, not as a column of its data"))


def _list(config: Config, element: Element) -> None:
    """List: the things a Ranker orders, which are an item's responses here."""
    name = element.get("name", "")
    config.names[name] = plain_key(element.get("value", "").lstrip("$") or name)
    config.lists.add(name)
    config.note(element, _("what it lists comes as the item's “responses”"))


_SHOWN: dict[str, Callable[[Config, Element], None]] = {
    "Text": _text,
    "HyperText": _text,
    "Markdown": _text,
    "Image": _picture,
    "List": _list,
}
