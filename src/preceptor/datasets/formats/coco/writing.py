"""COCO going out."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from preceptor.datasets.formats.coco.reading import OWN_IMAGE
from preceptor.datasets.formats.interface import NoSettings
from preceptor.datasets.formats.picture_archives import PictureArchive, Pictures, scratch, set_name
from preceptor.kinds.pictures import LabelledPicture, Shape

_encode = msgspec.json.Encoder(order="deterministic").encode


class _Set:
    """The images and annotations of one set of labels, gathered in files of their own until the end."""

    def __init__(self) -> None:
        self.images: BinaryIO = scratch()
        self.annotations: BinaryIO = scratch()
        self.image_count = 0
        self.annotation_count = 0

    def add_image(self, image: dict[str, Any]) -> int:
        self.image_count += 1
        self.images.write((b",\n" if self.image_count > 1 else b"\n") + _encode({"id": self.image_count} | image))
        return self.image_count

    def add_annotation(self, annotation: dict[str, Any]) -> None:
        self.annotation_count += 1
        start = b",\n" if self.annotation_count > 1 else b"\n"
        self.annotations.write(start + _encode({"id": self.annotation_count} | annotation))

    def close(self) -> None:
        with suppress(OSError):
            self.images.close()
            self.annotations.close()


class CocoArchive(PictureArchive):
    """Writes `coco/coco.zip`. Categories are numbered from 1: those of the form first, then others as they come."""

    def __init__(self, folder: Path, _settings: NoSettings, pictures: Pictures) -> None:
        super().__init__(folder, path="coco/coco.zip", pictures=pictures, inside="images")
        self._categories: dict[str, int] = {}
        self._sets: dict[int, _Set] = {}

    def describe(self, content: LabelledPicture, *, name: str, answer: int) -> None:
        """Add the image and its annotations to their set."""
        for label in content.labels:
            self._categories.setdefault(label, len(self._categories) + 1)
        if answer not in self._sets:
            self._sets[answer] = _Set()
        one = self._sets[answer]
        kept = content.provenance.source.get("coco")
        rest = {key: value for key, value in kept.items() if key not in OWN_IMAGE} if isinstance(kept, dict) else {}
        size = {"width": content.file.width, "height": content.file.height}
        key = one.add_image(rest | {"file_name": name, **size, "classes": content.classes})
        for shapes in _things(content.shapes):
            number = self._categories.setdefault(shapes[0].label, len(self._categories) + 1)
            one.add_annotation(_annotation(shapes) | {"image_id": key, "category_id": number})

    def conclude(self) -> None:
        """Put the documents together."""
        categories = [{"id": number, "name": name, "supercategory": ""} for name, number in self._categories.items()]
        head = b'{"info":{},\n"categories":' + _encode(categories)
        for answer, one in sorted(self._sets.items()):
            parts: list[bytes | BinaryIO] = [
                head,
                b',\n"images":[',
                one.images,
                b'\n],\n"annotations":[',
                one.annotations,
                b"\n]}\n",
            ]
            self.copy(f"annotations/{set_name('instances', answer)}.json", parts)
            one.close()

    def abandon(self) -> None:
        """Forget what was gathered."""
        for one in self._sets.values():
            one.close()
        super().abandon()


def _things(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """Shapes by the thing they are of: pieces that came in as one annotation go out as one."""
    found: dict[object, list[Shape]] = {}
    for place, shape in enumerate(shapes):
        piece = shape.attributes.get("pieces")
        key = place if piece is None or shape.kind != "polygon" else (str(piece), shape.label)
        found.setdefault(key, []).append(shape)
    return list(found.values())


def _annotation(shapes: Sequence[Shape]) -> dict[str, Any]:
    first = shapes[0]
    bounds = [shape.bounds for shape in shapes]
    left, top = min(one[0] for one in bounds), min(one[1] for one in bounds)
    right, bottom = max(one[2] for one in bounds), max(one[3] for one in bounds)
    found: dict[str, Any] = {"iscrowd": 0} | dict(first.attributes)
    found.pop("pieces", None)
    found["bbox"] = [_number(left), _number(top), _number(right - left), _number(bottom - top)]
    found["area"] = _number(sum(shape.area for shape in shapes))
    if first.kind == "polygon":
        found["segmentation"] = [[_number(value) for point in shape.points for value in point] for shape in shapes]
    elif first.kind == "point":
        found |= {"keypoints": [_number(left), _number(top), 2], "num_keypoints": 1, "segmentation": []}
    else:
        found.setdefault("segmentation", [])
    return found


def _number(value: float) -> float | int:
    """Whole numbers without a point; fractions to a thousandth of a pixel."""
    return int(value) if value % 1 == 0 else round(value, 3)
