"""`csv`: comma- (or semicolon-, or tab-) separated values: prompts to be imported, answers to be exported."""

from preceptor.datasets.formats.interface import Format
from preceptor.datasets.formats.separated_files import Settings, open_separated
from preceptor.datasets.readers.prompts import FIELDS, read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _

EXAMPLE = """\
prompt,topic,response_1,response_2
Why do tires go flat in winter?,physics,,
"What is 17 × 3, and why?",arithmetic,It is 51.,It is 54.
"""

ABOUT = _(
    "The first line names the columns: “prompt”, and if you like “topic”, “brief”, “response_1”, “response_2” and so "
    "on. Cells are parted by commas, semicolons or tabs. Other columns are kept and released again."
)

FORMAT = Format(
    name="csv",
    title=_("CSV"),
    about="`answers`: a row per answer and turn. `items`: a row per item with a column per person. Cells that a "
    "spreadsheet would run as a formula begin with an apostrophe, unless `formulas` is set.",
    settings=Settings,
    task_categories=(),
    usual=False,
    example=EXAMPLE,
    about_reading=ABOUT,
    endings=(".csv",),
    fields=FIELDS,
    read=read_prompts(Container.SEPARATED),
    accepts=(Content,),
    open=open_separated("csv", ","),
)
