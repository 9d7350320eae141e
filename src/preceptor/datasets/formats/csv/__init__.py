"""`csv`: comma- (or semicolon-, or tab-) separated values, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.delimited import read_csv
from preceptor.lib.i18n import _

FORMAT = Format(name="csv", title=_("CSV"), settings=NoSettings, read=read_csv)
