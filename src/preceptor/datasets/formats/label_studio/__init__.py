"""`label-studio`: Label Studio's JSON, tasks with annotations and predictions.

Source: https://labelstud.io/guide/task_format and https://labelstud.io/guide/export (JSON).
"""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.label_studio.reading import read, understand
from preceptor.datasets.formats.label_studio.writing import open_tasks
from preceptor.kinds.outcomes import FilledForm
from preceptor.kinds.pictures import LabelledPicture
from preceptor.lib.i18n import _

EXAMPLE = """\
[{"id": 1, "data": {"text": "Good service, cold soup."}, "annotations": [{"completed_by": 7, "result": [{"from_name":
"mood", "to_name": "text", "type": "choices", "value": {"choices": ["Mixed"]}}]}], "predictions": []}]
"""

FORMAT = Format(
    name="label-studio",
    title=_("Label Studio JSON"),
    about=(
        "Tasks with their `data` and an annotation per person, as Label Studio imports them. Where there are pictures, "
        "`label-studio.zip` holds the tasks and, in `pictures`, what they name."
    ),
    settings=NoSettings,
    task_categories=(),
    usual=False,
    example=EXAMPLE,
    about_reading=_(
        "Tasks with “data”. Annotations come in as finished work of the people named in “completed_by”, predictions as "
        "suggestions. Pictures lie beside the JSON, both packed together as ZIP, or at addresses that the operator "
        "allows."
    ),
    signs=((("data", "annotations"), understand),),
    read=read,
    accepts=(FilledForm, LabelledPicture),
    open_with_pictures=open_tasks,
)
