"""`coco`: COCO's JSON of object instances.

Source: https://cocodataset.org/#format-data, "Object Detection" and "Keypoint Detection".
"""

from preceptor.datasets.formats.coco.reading import read
from preceptor.datasets.formats.coco.writing import CocoArchive
from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.kinds.pictures import LabelledPicture
from preceptor.lib.i18n import _

EXAMPLE = """\
{"images": [{"id": 1, "file_name": "street.jpg", "width": 640, "height": 480}],
 "categories": [{"id": 1, "name": "car"}],
 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 100, 60], "area": 6000, "iscrowd": 0}]}
"""

FORMAT = Format(
    name="coco",
    title=_("COCO"),
    about=(
        "`coco.zip`: `images`, and `annotations/instances.json` with boxes, polygons, and points as keypoints; classes "
        "of a whole picture stand at its image. Second answers stand in `instances-2.json`, and so on."
    ),
    settings=NoSettings,
    task_categories=("object-detection",),
    example=EXAMPLE,
    about_reading=_(
        "A JSON file with images, categories and annotations, packed together with its pictures as ZIP. Annotations "
        "come in as finished work, those with a score as suggestions."
    ),
    read=read,
    accepts=(LabelledPicture,),
    open_with_pictures=CocoArchive,
)
