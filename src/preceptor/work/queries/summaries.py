"""Items in one line."""

from typing import Any

from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.lib.errors import InvalidError

MAX_SUMMARY = 160


def summary_of(
    *, kind: str, content: dict[str, Any], brief: str = "", topic: str = "", prompt: str | None = None
) -> str:
    """What a task is about, in one line for a list.

    As its kind puts what was given; else the first prompt a person sent in it; else its topic, else its brief.
    """
    try:
        task = task_kind(kind)
        said = task.item_summary(task.decode_item(content))
    except (UnknownKindError, InvalidError):
        said = ""
    line = " ".join((said or prompt or topic or brief).split())
    return line if len(line) <= MAX_SUMMARY else f"{line[: MAX_SUMMARY - 1].rstrip()}…"
