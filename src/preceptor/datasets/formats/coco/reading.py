"""COCO coming in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from preceptor.datasets.formats.coco.document import Document, is_number, is_whole
from preceptor.datasets.readers.archives import Archive, parse_json, read_archive
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.pictures import MOST_CORNERS, MOST_SHAPES, Picture, PictureAnswer, Point, Shape
from preceptor.lib.i18n import LazyText, _

CORNERS = 4
OWN_IMAGE = {"id", "file_name", "width", "height", "classes"}
OWN_ANNOTATION = {"id", "image_id", "category_id", "bbox", "area", "segmentation"}


def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """A row for every image of every JSON file. The JSON itself has to fit into memory."""
    return read_archive(source, _rows)


def _rows(archive: Archive) -> Iterator[Callable[[int], ImportedRow]]:
    documents = archive.names(".json")
    if not documents:
        raise BadRowError("no_data", _("There is no JSON file in this archive."))
    for name in documents:
        document = parse_json(archive, name, Document)
        labels = {one.id: one.name[:200] for one in document.categories}
        by_image: dict[int, list[dict[str, Any]]] = {}
        for annotation in document.annotations:
            by_image.setdefault(annotation.get("image_id", 0), []).append(annotation)
        for image in document.images:
            key = image.get("id")
            annotations = by_image.pop(key, []) if is_whole(key) else []
            judged = bool(document.annotations) or "classes" in image
            yield partial(_row, archive, name, labels, image, annotations, judged)
        if by_image:
            yield partial(_orphans, name, next(iter(by_image)))


def _orphans(name: str, key: object, _number: int) -> ImportedRow:
    message = _("{file}: there are annotations of image {id}, which is not among the images.")
    raise BadRowError("no_image", message.format(file=name, id=str(key)[:40]))


def _row(
    archive: Archive,
    name: str,
    labels: Mapping[int, str],
    image: dict[str, Any],
    annotations: Sequence[dict[str, Any]],
    judged: bool,  # noqa: FBT001 (as `partial` hands it over)
    number: int,
) -> ImportedRow:
    file_name = image.get("file_name")
    if not isinstance(file_name, str) or not file_name:
        raise BadRowError("malformed", _("{file}: an image has no file_name.").format(file=name))
    found = archive.find(file_name)
    if found is None:
        message = _("{file}: there is no picture “{name}” in the archive.").format(file=name, name=file_name)
        raise BadRowError("no_picture", message)
    kept = archive.keep(found, called=file_name)
    if len(annotations) > MOST_SHAPES:
        message = _("{name} has more than {most} annotations.").format(name=file_name, most=MOST_SHAPES)
        raise BadRowError("too_many", message)
    sure: list[Shape] = []
    unsure: list[Shape] = []
    for place, annotation in enumerate(annotations, 1):
        shapes = list(_shapes(file_name, place, labels, annotation))
        (unsure if is_number(annotation.get("score")) else sure).extend(shapes)
    classes = tuple(one[:200] for one in image.get("classes") or () if isinstance(one, str) and one)
    rest = {key: value for key, value in image.items() if key not in OWN_IMAGE}
    content = Picture(
        file=kept.file,
        answers=(PictureAnswer(worker="", shapes=tuple(sure), classes=classes),)
        if sure or classes or (judged and not unsure)
        else (),
        suggestions=tuple(unsure),
        labels=tuple(labels.values()),
        source={"coco": rest} if rest else {},
    )
    return ImportedRow(line=number, content=content, assets=(kept,))


def _shapes(name: str, place: int, labels: Mapping[int, str], one: dict[str, Any]) -> Iterator[Shape]:
    def wrong(message: LazyText) -> BadRowError:
        told = _("{name}, annotation {number}: {message}").format(name=name, number=place, message=message)
        return BadRowError("malformed", told)

    label = labels.get(one.get("category_id"))  # type: ignore[arg-type]  # whatever it is, it is looked for
    if label is None:
        raise wrong(_("its category_id is not among the categories."))
    rest = {key: value for key, value in one.items() if key not in OWN_ANNOTATION}
    polygons = _polygons(one.get("segmentation"))
    if polygons:
        if len(polygons) > 1:  # one thing in several pieces
            rest["pieces"] = place
        for index, points in enumerate(polygons):
            suffix = f"-{index + 1}" if index else ""
            yield Shape(f"o{place}{suffix}", "polygon", label, points, rest)
        return
    box = one.get("bbox")
    if not isinstance(box, list) or len(box) != CORNERS or not all(is_number(value) for value in box):
        raise wrong(_("it needs a bbox of four numbers, or a segmentation."))
    x, y, width, height = (float(value) for value in box)
    if one.get("segmentation"):  # run lengths, or polygons that cannot be kept as such
        rest["segmentation"] = one["segmentation"]
    keypoints = one.get("keypoints")
    if isinstance(keypoints, list) and len(keypoints) == 3 and width == height == 0:  # noqa: PLR2004 (x, y, seen)
        rest = {key: value for key, value in rest.items() if key not in {"keypoints", "num_keypoints"}}
        yield Shape(f"o{place}", "point", label, ((x, y),), rest)
        return
    yield Shape(f"o{place}", "box", label, ((x, y), (x + width, y + height)), rest)


def _polygons(segmentation: object) -> list[tuple[Point, ...]]:
    """The polygons of a segmentation; none where it is something else or one of them cannot be kept."""
    if not isinstance(segmentation, list) or not segmentation:
        return []
    found: list[tuple[Point, ...]] = []
    for one in segmentation:
        if not isinstance(one, list) or len(one) < 6 or len(one) % 2 or len(one) > 2 * MOST_CORNERS:  # noqa: PLR2004
            return []
        if not all(is_number(value) for value in one):
            return []
        found.append(tuple(zip(map(float, one[::2]), map(float, one[1::2]), strict=True)))
    return found
