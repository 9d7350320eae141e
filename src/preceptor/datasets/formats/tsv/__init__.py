"""`tsv`: prompts in a file of this type: prompts to be imported, answers to be exported."""

from preceptor.datasets.formats.interface import Format
from preceptor.datasets.formats.separated_files import Settings, open_separated
from preceptor.datasets.readers.prompts import FIELDS, read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _

FORMAT = Format(
    name="tsv",
    title=_("Tab-separated values"),
    about="`answers`: a row per answer and turn. `items`: a row per item with a column per person. Cells that a "
    "spreadsheet would run as a formula begin with an apostrophe, unless `formulas` is set.",
    settings=Settings,
    task_categories=(),
    usual=False,
    example="prompt\ttopic\nWhy do tires go flat in winter?\tphysics\n",
    about_reading=_("The first line names the columns, parted by tabs; the columns are those of CSV."),
    endings=(".tsv",),
    fields=FIELDS,
    read=read_prompts(Container.SEPARATED),
    accepts=(Content,),
    open=open_separated("tsv", "	"),
)
