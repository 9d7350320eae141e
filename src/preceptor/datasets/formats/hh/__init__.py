r"""`hh`: pairs of whole dialogues as Anthropic published them, to be imported and exported.

Source: https://github.com/anthropics/hh-rlhf, README: `chosen` and `rejected` are texts in which `\n\nHuman: ` and
`\n\nAssistant: ` begin each message.
"""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.reading import marked, write_dialogue
from preceptor.datasets.formats.whole_dialogues import dialogue_pair
from preceptor.datasets.readers.records import by_row
from preceptor.kinds.content import JudgedResponses
from preceptor.lib.i18n import _

EXAMPLE = r"""{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi\n\nAssistant: What?"}
"""


def lines(content: JudgedResponses, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """One row per strict pair, with the fields that the imported row had beside."""
    prompt = write_dialogue(content.prompt)
    for pair in content.preferences:
        row = {"chosen": prompt + marked(pair.chosen), "rejected": prompt + marked(pair.rejected)}
        yield "train", row | content.provenance.source


FORMAT = Format(
    name="hh",
    title=_("Anthropic HH dialogues"),
    about="Columns `chosen` and `rejected`: whole dialogues, in which `\\n\\nHuman: ` and `\\n\\nAssistant: ` "
    "begin the messages.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_(
        "“chosen” and “rejected”: whole dialogues as texts. The prompt is what both begin with; the pairs come in as "
        "judged."
    ),
    read=by_row(dialogue_pair, wanted=("chosen",)),
    accepts=(JudgedResponses,),
    lines=lines,
    line_tables={"train": "every strict pair of the ranking of the responses"},
)
