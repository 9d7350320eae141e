"""`parquet`: prompts in a file of this type: prompts to be imported, answers to be exported."""

from pathlib import Path

from preceptor.datasets.formats.interface import Format, NoSettings, Sink
from preceptor.datasets.readers.prompts import FIELDS, read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _


def _open(folder: Path, settings: NoSettings) -> Sink:
    from preceptor.datasets.formats.parquet.writing import open_parquet  # noqa: PLC0415 (Arrow is large)

    return open_parquet(folder, settings)


FORMAT = Format(
    name="parquet",
    title=_("Parquet"),
    about="`answers`: a row per answer and turn. `items`: a row per item with a column per person. All cells are text.",
    settings=NoSettings,
    task_categories=(),
    usual=False,
    about_reading=_("The columns are those of JSON lines."),
    endings=(".parquet",),
    fields=FIELDS,
    read=read_prompts(Container.PARQUET),
    accepts=(Content,),
    open=_open,
)
