"""`yolo`: YOLO's text files, a line of numbers between 0 and 1 for each box or polygon.

Source: Ultralytics documentation, "Object Detection Datasets Overview" and "Instance Segmentation Datasets Overview".
"""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.yolo.reading import read
from preceptor.datasets.formats.yolo.writing import YoloArchive
from preceptor.kinds.pictures import LabelledPicture
from preceptor.lib.i18n import _

FORMAT = Format(
    name="yolo",
    title=_("YOLO"),
    about=(
        "`yolo.zip`: `images`, `labels` with a text file per picture, `classes.txt` and `data.yaml`. Points are left "
        "out. Second answers stand in `labels-2`, and so on."
    ),
    settings=NoSettings,
    task_categories=("object-detection",),
    usual=False,
    example="0 0.498 0.462 0.964 0.869\n2 0.431 0.532 0.122 0.705\n",
    about_reading=_(
        "Pictures, a text file of labels for each, and classes.txt or data.yaml with the names, packed as ZIP. "
        "Labels come in as finished work, lines with a confidence as suggestions; pictures without a text file are to "
        "be labelled."
    ),
    read=read,
    accepts=(LabelledPicture,),
    open_with_pictures=YoloArchive,
)
