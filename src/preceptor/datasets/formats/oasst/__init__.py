"""`oasst`: trees of messages as Open-Assistant exports them, and its flat files of messages.

Source: Open-Assistant, `oasst-data/oasst_data/schemas.py` (`ExportMessageTree`, `ExportMessageNode`).
"""

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.oasst.reading import read_trees
from preceptor.datasets.formats.oasst.writing import lines
from preceptor.kinds.trees import ConversationTree
from preceptor.lib.i18n import _

EXAMPLE = """\
{"message_tree_id": "t1", "tree_state": "ready_for_export", "prompt": {"message_id": "t1", "text": "Hi", "role": \
"prompter", "replies": [{"message_id": "r1", "parent_id": "t1", "text": "Hello!", "role": "assistant", "rank": 0, \
"replies": []}]}}
"""

FORMAT = Format(
    name="oasst",
    title=_("Open-Assistant trees"),
    about="Trees of messages, one per row, with every field that they came with; and the same message by message.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("A tree per row, or a message per row with the messages of each tree one after the other."),
    read=read_trees,
    accepts=(ConversationTree,),
    lines=lines,
    line_tables={"train": "one tree per row", "messages": "the same trees, one message per row"},
)
