"""`parquet`: prompts in a file of this type, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.prompts import read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.lib.i18n import _

FORMAT = Format(
    name="parquet",
    title=_("Parquet"),
    settings=NoSettings,
    about_reading=_("The columns are those of JSON lines."),
    endings=(".parquet",),
    read=read_prompts(Container.PARQUET),
)
