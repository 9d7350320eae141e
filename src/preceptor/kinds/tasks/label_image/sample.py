from __future__ import annotations

from typing import Any

from preceptor.kinds.fields.boxes.field import BoxesSettings, ShapeLabel
from preceptor.kinds.pictures import PictureFile, Shape
from preceptor.kinds.task import Sample
from preceptor.kinds.tasks.label_image.item import Answer, ItemContent
from preceptor.kinds.tasks.label_image.settings import Settings

_FILE: dict[str, Any] = {
    "sha256": "0" * 64,
    "name": "street/crossing.jpg",
    "media_type": "image/jpeg",
    "width": 640,
    "height": 480,
}
_SUGGESTED: list[dict[str, Any]] = [
    {"id": "p1", "kind": "box", "label": "vehicle", "points": [[40, 200], [260, 340]], "attributes": {"score": 0.91}},
    {"id": "p2", "kind": "box", "label": "pedestrian", "points": [[500, 60], [520, 100]], "attributes": {"score": 0.4}},
]


def make_sample() -> Sample[Settings, ItemContent, Answer]:
    """A crossing with vehicles and a pedestrian; of two suggestions one is right."""
    first = Shape("p1", "box", "vehicle", ((40, 200), (260, 340)), {"score": 0.91})
    return Sample(
        settings=Settings(
            shapes=BoxesSettings(
                labels=(
                    ShapeLabel("vehicle", {"en": "Vehicle", "es": "Vehículo"}),
                    ShapeLabel("pedestrian", {"en": "Pedestrian", "es": "Peatón"}),
                    ShapeLabel("traffic light", {"en": "Traffic light", "es": "Semáforo"}),
                ),
                kinds=("box", "polygon", "point"),
            ),
            classes=(
                ShapeLabel("day", {"en": "Day", "es": "Día"}),
                ShapeLabel("night", {"en": "Night", "es": "Noche"}),
            ),
        ),
        row={"file": _FILE, "suggestions": _SUGGESTED, "source": {"camera": "north"}},
        item=ItemContent(
            file=PictureFile(**_FILE),
            suggestions=(
                first,
                Shape("p2", "box", "pedestrian", ((500, 60), (520, 100)), {"score": 0.4}),
            ),
            source={"camera": "north"},
        ),
        turns=(),
        answer=Answer(
            shapes=(
                first,
                Shape("a", "polygon", "pedestrian", ((300, 180), (340, 180), (350, 300), (290, 300))),
                Shape("b", "point", "traffic light", ((402, 33),)),
            ),
            classes=("day",),
            rejected=("p2",),
        ),
        changed_answer=Answer(
            shapes=(Shape("p1", "box", "vehicle", ((60, 190), (270, 345)), {"score": 0.91}),),
            classes=("night",),
            rejected=("p2",),
        ),
    )
