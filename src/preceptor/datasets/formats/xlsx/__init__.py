"""`xlsx`: prompts in a file of this type, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.prompts import read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.lib.i18n import _

FORMAT = Format(
    name="xlsx",
    title=_("Spreadsheet (XLSX)"),
    settings=NoSettings,
    about_reading=_("The first sheet counts, and its first row names the columns; the columns are those of CSV."),
    endings=(".xlsx",),
    read=read_prompts(Container.SHEET),
)
