"""What has been read of a labelling configuration so far, and the small things that all its tags share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from preceptor.kinds.labels import MAX_LABEL_CHARACTERS, Labels
from preceptor.kinds.tasks.custom_form.settings import Condition, FormField, ShownData
from preceptor.lib.i18n import SOURCE_LANGUAGE, LazyText, _

LONGEST_KEY = 40


@dataclass
class Config:
    """A form in the making.

    Attributes:
        fields, shown: of the form.
        left_out: what could not be carried over, a sentence each.
        names: of the tags that show data, with the column each shows.
        lists: names of the lists to be ordered.
        pictures: names of the pictures.
        keys: of the questions, by the names of their tags.
        options: by the name of its tag, what a question's choices became: words to key.
        heading: words that stand above what comes next.
    """

    fields: list[FormField] = field(default_factory=list)
    shown: list[ShownData] = field(default_factory=list)
    left_out: list[LazyText] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    heading: str = ""

    def head_column(self, element: Element) -> None:
        """Give the column a tag shows the words of the header before it."""
        key = self.names.get(element.get("name", ""))
        for index, shown in enumerate(self.shown):
            if shown.key == key and self.heading and not shown.title:
                self.shown[index] = msgspec.structs.replace(shown, title=labels_of(self.heading))
        self.heading = ""

    def leave_out(self, element: Element, why: LazyText) -> None:
        """Name a tag that is not carried over."""
        text = _("{tag} is left out: {why}.").format(tag=_named(element), why=why)
        self.left_out.append(text)

    def note(self, element: Element, what: LazyText) -> None:
        """Name something about a tag that is carried over otherwise than it was."""
        self.left_out.append(_("{tag}: {what}.").format(tag=_named(element), what=what))

    def attributes_left(self, element: Element, names: Iterable[str]) -> None:
        """Name those attributes of a tag that say something which cannot be carried over."""
        found = [name for name in names if element.get(name) not in {None, "", "false"}]
        if found:
            self.note(element, _("{attributes} is not carried over").format(attributes=", ".join(found)))

    def key_for(self, element: Element) -> str:
        """A key for the question of this tag that no other has."""
        base = plain_key(element.get("name") or element.tag)
        key, number = base, 1
        while key in self.keys.values():
            number += 1
            key = f"{base[: LONGEST_KEY - 4]}_{number}"
        self.keys[element.get("name", "")] = key
        return key

    def add(self, element: Element, one: str, settings: dict[str, Any], **more: Any) -> None:
        """Add the question of a tag, with what all tags can say.

        Args:
            element: the tag.
            one: key of the form field.
            settings: of the field.
            more: other attributes of the `FormField`.
        """
        key = self.key_for(element)
        label = element.get("title") or element.get("label") or self.heading or element.get("name") or element.tag
        self.heading = ""
        self.fields.append(
            FormField(
                key=key,
                field=one,
                label={SOURCE_LANGUAGE: label.replace("_", " ") if label == element.get("name") else label},
                help=labels_of(element.get("hint") or element.get("requiredMessage") or ""),
                required=element.get("required") == "true",
                settings=settings,
                conditions=self._conditions(element),
                **more,
            )
        )
        self.attributes_left(element, ("perRegion", "whenLabelValue", "whenRole"))

    def _conditions(self, element: Element) -> tuple[Condition, ...]:
        when = element.get("visibleWhen")
        if when is None:
            return ()
        name, wanted = element.get("whenTagName", ""), element.get("whenChoiceValue")
        other = self.keys.get(name)
        if when not in {"choice-selected", "choice-unselected"} or other is None:
            self.note(element, _("“{condition}” is not carried over as a condition").format(condition=when))
            return ()
        if wanted is None:
            return (Condition(other, "answered" if when == "choice-selected" else "unanswered"),)
        operator = "includes" if when == "choice-selected" else "excludes"
        words = [one.strip() for one in wanted.split(",")]
        found = [self.options.get(name, {}).get(one) for one in words]
        for one, key in zip(words, found, strict=True):
            if key is None:
                self.note(element, _("“{condition}” is not carried over as a condition").format(condition=one))
        return tuple(Condition(other, operator, key) for key in found if key)  # type: ignore[arg-type] # one of two words

    def on(self, element: Element) -> tuple[str, ...]:
        """The columns a tag is about."""
        names = [name.strip() for name in element.get("toName", "").split(",")]
        return tuple(self.names[name] for name in names if name in self.names and name not in self.lists)


def _named(element: Element) -> str:
    name = element.get("name") or element.get("value") or ""
    return f"<{element.tag} {name}>" if name else f"<{element.tag}>"


def labels_of(words: str) -> Labels:
    """Words in the source language; none for none."""
    return {SOURCE_LANGUAGE: words[:MAX_LABEL_CHARACTERS]} if words.strip() else {}


def plain_key(words: str) -> str:
    """A key from words: small letters, digits and underscores, beginning with a letter.

    >>> plain_key("Über 3 Stück!"), plain_key("1st"), plain_key("好")
    ('uber_3_stuck', 'x_1st', 'x')
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_KEY].rstrip("_")
    if not key[:1].isalpha():
        key = f"x_{key}".rstrip("_")[:LONGEST_KEY]
    return key
