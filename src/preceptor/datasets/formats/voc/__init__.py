"""`voc`: Pascal VOC, an XML file of boxes for each picture.

Source: Everingham, M. and Winn, J. (2012), *The PASCAL Visual Object Classes Challenge 2012 Development Kit*, section
"Annotation". Coordinates are taken and written as they stand, as most tools do: pixels from the upper left corner.
"""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.voc.reading import read
from preceptor.datasets.formats.voc.writing import VocArchive
from preceptor.kinds.pictures import LabelledPicture
from preceptor.lib.i18n import _

EXAMPLE = """\
<annotation><filename>street.jpg</filename><size><width>640</width><height>480</height><depth>3</depth></size>
<object><name>car</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>110</xmax><ymax>80</ymax></bndbox></object>
</annotation>
"""

FORMAT = Format(
    name="voc",
    title=_("Pascal VOC"),
    about=(
        "`voc.zip`: `Annotations` with an XML file per picture, and `JPEGImages`. Polygons have their corners beside "
        "their box; points are left out. Second answers stand in `Annotations-2`, and so on."
    ),
    settings=NoSettings,
    task_categories=("object-detection",),
    usual=False,
    example=EXAMPLE,
    about_reading=_(
        "XML files and their pictures, packed together as ZIP. Boxes come in as finished work; pictures without an XML "
        "file are to be labelled."
    ),
    read=read,
    accepts=(LabelledPicture,),
    open_with_pictures=VocArchive,
)
