"""`text`: plain text, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.text import read_text
from preceptor.lib.i18n import _

FORMAT = Format(name="text", title=_("Plain text, a prompt per line"), settings=NoSettings, read=read_text)
