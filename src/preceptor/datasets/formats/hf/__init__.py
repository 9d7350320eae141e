"""`hf`: a folder of Hugging Face `datasets`, to be imported as one archive; what its rows are shows in their columns.

Going out, every release is such a folder: Parquet files, and a card that names them as configs.
"""

from preceptor.datasets.formats.guessing import read_any
from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.lib.i18n import _

FORMAT = Format(
    name="hf",
    title=_("Hugging Face dataset"),
    settings=NoSettings,
    bundle=True,
    about_reading=_(
        "A folder as “datasets” saves it or as it stands on the hub, packed as ZIP; or one Parquet or Arrow file. "
        "What the rows are shows in their columns, which are those of TRL's types, ShareGPT, Alpaca or prompts."
    ),
    endings=(".zip", ".arrow"),
    read=read_any,
)
