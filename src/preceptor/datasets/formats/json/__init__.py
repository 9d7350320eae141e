"""`json`: prompts in a file of this type, to be imported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.prompts import FIELDS, read_prompts
from preceptor.lib.i18n import _

FORMAT = Format(
    name="json",
    title=_("JSON"),
    settings=NoSettings,
    example='[{"prompt": "Why do tires go flat in winter?", "topic": "physics"}]\n',
    about_reading=_("An array of objects, or objects one after the other, each as a line of JSON lines would be."),
    endings=(".json",),
    fields=FIELDS,
    read=read_prompts(),
)
