"""`text`: plain text, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.text import read_text
from preceptor.lib.i18n import _

EXAMPLE = """\
Why do tires go flat in winter?
Write a limerick about rain.
"""

FORMAT = Format(
    name="text", title=_("Plain text, a prompt per line"), settings=NoSettings, example=EXAMPLE, read=read_text
)
