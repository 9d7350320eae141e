"""`tsv`: prompts in a file of this type, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.prompts import read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.lib.i18n import _

FORMAT = Format(
    name="tsv",
    title=_("Tab-separated values"),
    settings=NoSettings,
    example="prompt\ttopic\nWhy do tires go flat in winter?\tphysics\n",
    about_reading=_("The first line names the columns, parted by tabs; the columns are those of CSV."),
    endings=(".tsv",),
    read=read_prompts(Container.SEPARATED),
)
