"""COCO's JSON as structs; what is not named here is kept as it stands."""

from typing import Any

import msgspec


class Category(msgspec.Struct):
    """What an object can be."""

    id: int
    name: str
    supercategory: str = ""


class Document(msgspec.Struct):
    """The whole file. Images and annotations stay plain, because their unknown fields are kept."""

    images: list[dict[str, Any]]
    categories: list[Category] = []
    annotations: list[dict[str, Any]] = []
    licenses: list[dict[str, Any]] = []


def is_whole(value: object) -> bool:
    """Whether it can be an id."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether it can be a coordinate."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9  # noqa: PLR2004
