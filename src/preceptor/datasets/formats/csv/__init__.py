"""`csv`: comma- (or semicolon-, or tab-) separated values, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.prompts import read_prompts
from preceptor.datasets.readers.records import Container
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
    settings=NoSettings,
    example=EXAMPLE,
    about_reading=ABOUT,
    endings=(".csv",),
    read=read_prompts(Container.SEPARATED),
)
