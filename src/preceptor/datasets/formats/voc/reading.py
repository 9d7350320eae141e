"""Pascal VOC coming in."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from preceptor.datasets.readers.archives import Archive, read_archive
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.pictures import MOST_CORNERS, MOST_SHAPES, Picture, PictureAnswer, Point, Shape
from preceptor.lib.i18n import _

EDGES = ("xmin", "ymin", "xmax", "ymax")
MOST_DEPTH = 10


def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """A row for every XML file, and one for every picture without."""
    return read_archive(source, _rows)


def _rows(archive: Archive) -> Iterator[Callable[[int], ImportedRow]]:
    documents = archive.names(".xml")
    if not documents:
        raise BadRowError("no_data", _("There is no XML file in this archive."))
    described: set[str] = set()
    for name in documents:
        yield partial(_labelled, archive, name, described)
    for name in archive.pictures():
        if name not in described:
            yield partial(_bare, archive, name)


def _bare(archive: Archive, name: str, number: int) -> ImportedRow:
    kept = archive.keep(name)
    return ImportedRow(line=number, content=Picture(file=kept.file), assets=(kept,))


def _labelled(archive: Archive, name: str, described: set[str], number: int) -> ImportedRow:
    stem = PurePosixPath(name).stem
    if beside := archive.find_picture(stem):
        described.add(beside)  # even where the XML is broken: what it says belongs to this picture
    root = _parse(archive, name)
    file_name = (root.findtext("filename") or "").strip()
    found = (archive.find(file_name) if file_name else None) or archive.find_picture(stem)
    if found is None:
        message = _("{file}: there is no picture “{name}” in the archive.")
        raise BadRowError("no_picture", message.format(file=name, name=file_name or stem))
    described.add(found)
    kept = archive.keep(found, called=file_name or PurePosixPath(found).name)
    objects = root.findall("object")
    if len(objects) > MOST_SHAPES:
        raise BadRowError("too_many", _("{file} has more than {most} objects.").format(file=name, most=MOST_SHAPES))
    shapes = tuple(_shape(name, place, one) for place, one in enumerate(objects, 1))
    rest = [_kept(child) for child in root if child.tag != "object"]
    content = Picture(
        file=kept.file,
        answers=(PictureAnswer(worker="", shapes=shapes),),
        labels=tuple(dict.fromkeys(shape.label for shape in shapes)),
        source={"voc": rest},
    )
    return ImportedRow(line=number, content=content, assets=(kept,))


def _parse(archive: Archive, name: str) -> ET.Element:
    data = archive.read(name)
    # Entities are the one thing by which a small document can grow; this format has no use for them.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadRowError("malformed", _("{file} declares a document type. Remove that line.").format(file=name))
    try:
        root = ET.fromstring(data)  # noqa: S314 (without a document type there are no entities)
    except (ET.ParseError, ValueError) as error:
        message = _("{file} is no XML: {detail}.").format(file=name, detail=str(error))
        raise BadRowError("malformed", message) from error
    if root.tag != "annotation":
        message = _("{file} is no annotation: it begins with <{tag}>.").format(file=name, tag=str(root.tag)[:40])
        raise BadRowError("malformed", message)
    return root


def _shape(name: str, place: int, one: ET.Element) -> Shape:
    box = one.find("bndbox")
    label = (one.findtext("name") or "").strip()
    if box is None or not label:
        message = _("{file}, object {number}: it needs a name and a bndbox.").format(file=name, number=place)
        raise BadRowError("malformed", message)
    left, top, right, bottom = (_number(name, place, box.findtext(edge)) for edge in EDGES)
    rest = {"bndbox", "name"}
    corners = _corners(name, place, one.find("polygon"))
    if corners:
        rest.add("polygon")
    points = corners or ((left, top), (right, bottom))
    attributes: dict[str, Any] = {}
    for child in one:
        if child.tag not in rest:
            _put(attributes, child)
    return Shape(f"o{place}", "polygon" if corners else "box", label[:200], points, attributes)


def _corners(name: str, place: int, polygon: ET.Element | None) -> tuple[Point, ...]:
    """`<x1>`, `<y1>`, `<x2>` … in turn; nothing where it is something else, which is kept as it stands."""
    if polygon is None:
        return ()
    points: list[Point] = []
    while (x := polygon.findtext(f"x{len(points) + 1}")) and (y := polygon.findtext(f"y{len(points) + 1}")):
        points.append((_number(name, place, x), _number(name, place, y)))
    return tuple(points) if 3 <= len(points) <= MOST_CORNERS and len(points) * 2 == len(polygon) else ()  # noqa: PLR2004


def _number(name: str, place: int, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:  # noqa: PLR2004 (no picture is as wide; not a number is not less either)
        message = _("{file}, object {number}: “{text}” is not a coordinate.")
        raise BadRowError("malformed", message.format(file=name, number=place, text=(text or "")[:40]))
    return value


def _put(values: dict[str, Any], child: ET.Element) -> None:
    """A child element by its name; several of one name as a list."""
    value = _kept(child)[1]
    if child.tag in values:
        before = values[child.tag]
        values[child.tag] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        values[child.tag] = value


def _kept(one: ET.Element, depth: int = 0) -> list[Any]:
    """An element as `[name, text]` or `[name, {child: …}]`, so that it can be written again."""
    if len(one) == 0 or depth > MOST_DEPTH:
        return [str(one.tag), (one.text or "").strip()]
    inner: dict[str, Any] = {}
    for child in one:
        value = _kept(child, depth + 1)[1]
        if child.tag in inner:
            before = inner[child.tag]
            inner[child.tag] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            inner[child.tag] = value
    return [str(one.tag), inner]
