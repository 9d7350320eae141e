"""Pascal VOC going out."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from preceptor.datasets.formats.interface import NoSettings
from preceptor.datasets.formats.picture_archives import PictureArchive, Pictures, set_name
from preceptor.datasets.formats.voc.reading import EDGES
from preceptor.kinds.pictures import LabelledPicture, Shape


class VocArchive(PictureArchive):
    """Writes `voc/voc.zip`."""

    def __init__(self, folder: Path, _settings: NoSettings, pictures: Pictures) -> None:
        super().__init__(folder, path="voc/voc.zip", pictures=pictures, inside="JPEGImages")

    def describe(self, content: LabelledPicture, *, name: str, answer: int) -> None:
        """Write the XML file of a picture. What its source said beside the boxes stands there again, in its order."""
        root = ET.Element("annotation")
        kept = content.provenance.source.get("voc")
        known = [one for one in kept if _is_kept(one)] if isinstance(kept, list) else []
        names = [tag for tag, _value in known]
        if "folder" not in names:
            ET.SubElement(root, "folder").text = "JPEGImages"
        if "filename" not in names:
            ET.SubElement(root, "filename").text = name
        for tag, value in known:
            _put(root, tag, name if tag == "filename" else value)
        if "size" not in names:
            depth = {"width": str(content.file.width), "height": str(content.file.height), "depth": "3"}
            _put(root, "size", depth)
        for shape in content.shapes:
            if shape.kind != "point":
                _object(root, shape)
        ET.indent(root, "\t")
        folder = set_name("Annotations", answer)
        self.write(f"{folder}/{PurePosixPath(name).stem}.xml", ET.tostring(root, encoding="unicode") + "\n")


def _is_kept(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) and _is_name(one[0])  # noqa: PLR2004


def _is_name(tag: str) -> bool:
    return tag.replace("_", "a").replace("-", "a").replace(".", "a").isalnum() and not tag[:1].isdigit() and tag != ""


def _object(root: ET.Element, shape: Shape) -> None:
    one = ET.SubElement(root, "object")
    ET.SubElement(one, "name").text = _clean(shape.label)
    for tag, value in ({"pose": "Unspecified", "truncated": "0", "difficult": "0"} | dict(shape.attributes)).items():
        if tag not in {"name", "bndbox"} and _is_name(tag) and (tag != "polygon" or shape.kind == "box"):
            for single in value if isinstance(value, list) else [value]:
                _put(one, tag, single)
    box = ET.SubElement(one, "bndbox")
    edges = (*shape.points[0], *shape.points[1]) if shape.kind == "box" else shape.bounds
    for tag, edge in zip(EDGES, edges, strict=True):
        ET.SubElement(box, tag).text = number(edge)
    if shape.kind == "polygon":
        polygon = ET.SubElement(one, "polygon")
        for place, (x, y) in enumerate(shape.points, 1):
            ET.SubElement(polygon, f"x{place}").text = number(x)
            ET.SubElement(polygon, f"y{place}").text = number(y)


def _put(parent: ET.Element, tag: str, value: Any) -> None:
    one = ET.SubElement(parent, tag)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if _is_name(str(name)):
                for single in inner if isinstance(inner, list) else [inner]:
                    _put(one, str(name), single)
    else:
        one.text = _clean(value if isinstance(value, str) else _plain(value))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return number(value) if isinstance(value, float) else "" if value is None else str(value)


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ")


def number(value: float) -> str:
    """Whole numbers without a point, others with at most four places."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
