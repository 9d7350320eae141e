"""`label-studio`: Label Studio's JSON, tasks with annotations and predictions.

Source: https://labelstud.io/guide/task_format and https://labelstud.io/guide/export (JSON).
"""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.label_studio.reading import understand
from preceptor.datasets.formats.label_studio.writing import open_tasks
from preceptor.datasets.readers.records import by_row
from preceptor.kinds.outcomes import FilledForm
from preceptor.lib.i18n import _

EXAMPLE = """\
[{"id": 1, "data": {"text": "Good service, cold soup."}, "annotations": [{"completed_by": 7, "result": [{"from_name":
"mood", "to_name": "text", "type": "choices", "value": {"choices": ["Mixed"]}}]}], "predictions": []}]
"""

FORMAT = Format(
    name="label-studio",
    title=_("Label Studio JSON"),
    about="Tasks with their `data` and an annotation per person, as Label Studio imports them.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_(
        "Tasks with “data”. Annotations come in as finished work of the people named in “completed_by”, predictions as "
        "suggestions."
    ),
    signs=((("data", "annotations"), understand),),
    read=by_row(understand, wanted=("data",)),
    accepts=(FilledForm,),
    open=open_tasks,
)
