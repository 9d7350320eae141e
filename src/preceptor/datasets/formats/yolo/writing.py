"""YOLO going out."""

from pathlib import Path, PurePosixPath

from preceptor.datasets.formats.interface import NoSettings
from preceptor.datasets.formats.picture_archives import PictureArchive, Pictures, set_name
from preceptor.datasets.formats.yolo.names import quoted
from preceptor.kinds.pictures import LabelledPicture, Shape

PLACES = 8
"""After the point: enough for a hundredth of a pixel on any picture."""


class YoloArchive(PictureArchive):
    """Writes `yolo/yolo.zip`. A class gets its number from the form, and those beyond the form as they come."""

    def __init__(self, folder: Path, _settings: NoSettings, pictures: Pictures) -> None:
        super().__init__(folder, path="yolo/yolo.zip", pictures=pictures, inside="images")
        self._numbers: dict[str, int] = {}

    def describe(self, content: LabelledPicture, *, name: str, answer: int) -> None:
        """Write the text file of a picture; an empty one says that nothing is on it."""
        for label in content.labels:
            self._numbers.setdefault(label, len(self._numbers))
        width, height = content.file.width, content.file.height
        lines = [
            f"{self._numbers.setdefault(shape.label, len(self._numbers))} {_numbers(shape, width, height)}\n"
            for shape in content.shapes
            if shape.kind != "point"
        ]
        self.write(f"{set_name('labels', answer)}/{PurePosixPath(name).stem}.txt", "".join(lines))

    def conclude(self) -> None:
        """Name the classes."""
        names = [" ".join(label.split()) for label in self._numbers]
        self.write("classes.txt", "".join(f"{name}\n" for name in names))
        listed = "".join(f"  {number}: {quoted(name)}\n" for number, name in enumerate(names))
        self.write("data.yaml", f"path: .\ntrain: images\nval: images\nnames:\n{listed}")


def _numbers(shape: Shape, width: int, height: int) -> str:
    if shape.kind == "polygon":
        return " ".join(f"{_share(x, width)} {_share(y, height)}" for x, y in shape.points)
    left, top, right, bottom = shape.bounds
    left, right = max(0.0, left), min(float(width), right)
    top, bottom = max(0.0, top), min(float(height), bottom)
    across = f"{_share((left + right) / 2, width)} {_share((top + bottom) / 2, height)}"
    return f"{across} {_share(right - left, width)} {_share(bottom - top, height)}"


def _share(value: float, whole: int) -> str:
    share = min(max(value / whole, 0.0), 1.0)
    return f"{share:.{PLACES}f}".rstrip("0").rstrip(".") or "0"
