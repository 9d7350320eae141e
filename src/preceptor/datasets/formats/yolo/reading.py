"""YOLO coming in."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath

from preceptor.datasets.formats.yolo.names import LISTS, names_in
from preceptor.datasets.readers.archives import Archive, read_archive
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.pictures import MOST_CORNERS, MOST_SHAPES, Picture, PictureAnswer, PictureFile, Shape
from preceptor.lib.i18n import LazyText, _

BOX, SURE_BOX, LEAST_POLYGON = 5, 6, 7
BEYOND = 0.02
"""How far, as a share of the picture, a number may lie outside; rounding by other tools leaves it there."""

_FOLDER = re.compile(r"(^|/)images/")


def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """A row for every picture."""
    return read_archive(source, _rows)


def _rows(archive: Archive) -> Iterator[Callable[[int], ImportedRow]]:
    pictures = archive.pictures()
    if not pictures:
        raise BadRowError("no_data", _("There is no picture in this archive: JPEG, PNG, WebP, GIF or BMP."))
    names = names_in(archive)
    texts = {name for name in archive.names(".txt") if PurePosixPath(name).name not in LISTS}
    for name in pictures:
        yield partial(_row, archive, names, name, _labels_of(name, texts))


def _labels_of(picture: str, texts: set[str]) -> str | None:
    """The text file of a picture: in `labels` where it stands in `images`, or beside it."""
    plain = str(PurePosixPath(picture).with_suffix(".txt"))
    candidates = [_FOLDER.sub(r"\1labels/", plain), plain, f"labels/{PurePosixPath(plain).name}"]
    return next((name for name in candidates if name in texts), None)


def _row(archive: Archive, names: Mapping[int, str], name: str, labels: str | None, number: int) -> ImportedRow:
    lines = [] if labels is None else archive.text(labels).splitlines()
    kept = archive.keep(name, called=PurePosixPath(name).name)
    sure: list[Shape] = []
    unsure: list[Shape] = []
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        shape = _shape(kept.file, names, str(labels), place, line.split())
        (unsure if "confidence" in shape.attributes else sure).append(shape)
    if len(sure) + len(unsure) > MOST_SHAPES:
        raise BadRowError("too_many", _("{file} has more than {most} lines.").format(file=labels, most=MOST_SHAPES))
    judged = labels is not None and (bool(sure) or not unsure)
    content = Picture(
        file=kept.file,
        answers=(PictureAnswer(worker="", shapes=tuple(sure)),) if judged else (),
        suggestions=tuple(unsure),
        labels=tuple(names.values()),
    )
    return ImportedRow(line=number, content=content, assets=(kept,))


def _shape(file: PictureFile, names: Mapping[int, str], labels: str, place: int, words: list[str]) -> Shape:
    def wrong(message: LazyText) -> BadRowError:
        told = _("{file}, line {line}: {message}").format(file=labels, line=place, message=message)
        return BadRowError("malformed", told)

    try:
        key, numbers = int(words[0]), [float(word) for word in words[1:]]
    except ValueError:
        raise wrong(_("it needs a class number and numbers between 0 and 1.")) from None
    label = names.get(key)
    if label is None:
        raise wrong(_("there is no class {number} in classes.txt or data.yaml.").format(number=key))
    if not all(-BEYOND <= value <= 1 + BEYOND for value in numbers):
        raise wrong(_("its numbers have to lie between 0 and 1."))
    width, height = file.width, file.height
    if len(words) in {BOX, SURE_BOX}:
        x, y, w, h = numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height
        left, top, right, bottom = (
            max(0.0, x - w / 2),
            max(0.0, y - h / 2),
            min(width, x + w / 2),
            min(height, y + h / 2),
        )
        sure = {"confidence": numbers[4]} if len(words) == SURE_BOX else {}
        points = ((round(left, 3), round(top, 3)), (round(right, 3), round(bottom, 3)))
        return Shape(f"o{place}", "box", label, points, sure)
    if len(words) >= LEAST_POLYGON and len(numbers) % 2 == 0 and len(numbers) <= 2 * MOST_CORNERS:
        across = [round(min(max(value, 0.0), 1.0) * width, 3) for value in numbers[::2]]
        down = [round(min(max(value, 0.0), 1.0) * height, 3) for value in numbers[1::2]]
        return Shape(f"o{place}", "polygon", label, tuple(zip(across, down, strict=True)))
    raise wrong(_("it needs four numbers for a box, or two for each corner of a polygon."))
