"""`jsonl`: JSON lines: prompts to be imported, whole answers to be exported."""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.whole_content import content_lines
from preceptor.datasets.readers.prompts import FIELDS, prompt_row, read_prompts
from preceptor.datasets.readers.records import Container
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _

EXAMPLE = """\
{"prompt": "Why do tires go flat in winter?", "topic": "physics"}
{"turns": ["Write a limerick about rain.", "Now without the letter e."]}
{"prompt": "What is 17 × 3?", "responses": [{"text": "51", "model": "small"}, {"text": "54", "model": "tiny"}]}
"A line may be just the prompt, as a JSON string."
"""

ABOUT = _(
    "A JSON object per line: “prompt” is a text or a list of messages; “turns” are the prompts of a whole "
    "conversation; “responses” are answers to be judged; “topic” and “brief” are labels. Other fields are "
    "kept and released again."
)

FORMAT = Format(
    name="jsonl",
    title=_("JSON lines"),
    about="Each piece of content as it is, with the name of its type in `type` and everything known about it.",
    settings=NoSettings,
    task_categories=(),
    usual=False,
    example=EXAMPLE,
    about_reading=ABOUT,
    endings=(".jsonl", ".ndjson"),
    signs=((("prompt",), prompt_row), (("turns",), prompt_row)),
    accepts=(Content,),
    lines=content_lines,
    line_tables={"train": "one row per piece of content, of whatever type"},
    fields=FIELDS,
    read=read_prompts(Container.JSON_LINES),
)
