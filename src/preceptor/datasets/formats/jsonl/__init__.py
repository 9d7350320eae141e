"""`jsonl`: JSON lines, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.jsonl import read_jsonl
from preceptor.lib.i18n import _

FORMAT = Format(name="jsonl", title=_("JSON lines"), settings=NoSettings, read=read_jsonl)
