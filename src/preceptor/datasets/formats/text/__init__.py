"""`text`: plain text, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.text import read_text
from preceptor.lib.i18n import _

EXAMPLE = """\
Why do tires go flat in winter?
Write a limerick about rain.
"""

ABOUT = _("Every line that is not empty is a prompt.")

FORMAT = Format(
    name="text",
    title=_("Plain text, a prompt per line"),
    settings=NoSettings,
    example=EXAMPLE,
    about_reading=ABOUT,
    endings=(".txt",),
    read=read_text,
)
