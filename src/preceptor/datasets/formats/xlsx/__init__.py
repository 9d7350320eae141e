"""`xlsx`: prompts in a file of this type: prompts to be imported, answers to be exported."""

from pathlib import Path

from preceptor.datasets.formats.interface import Format, NoSettings, Sink
from preceptor.datasets.readers.prompts import FIELDS, read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _


def _open(folder: Path, settings: NoSettings) -> Sink:
    from preceptor.datasets.formats.xlsx.writing import open_workbooks  # noqa: PLC0415 (a large library)

    return open_workbooks(folder, settings)


FORMAT = Format(
    name="xlsx",
    title=_("Spreadsheet (XLSX)"),
    about="`answers`: a row per answer and turn. `items`: a row per item with a column per person.",
    settings=NoSettings,
    task_categories=(),
    usual=False,
    about_reading=_("The first sheet counts, and its first row names the columns; the columns are those of CSV."),
    endings=(".xlsx",),
    fields=FIELDS,
    read=read_prompts(Container.SHEET),
    accepts=(Content,),
    open=_open,
)
