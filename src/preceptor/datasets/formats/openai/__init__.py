"""`openai`: rows for OpenAI's fine-tuning: chats, and pairs of a preferred and another output.

Source: https://platform.openai.com/docs/guides/supervised-fine-tuning and …/direct-preference-optimization.
"""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.reading import as_plain, messages_of, reply_of, rest_of, row_of, worker_of
from preceptor.datasets.formats.threads import conversation
from preceptor.datasets.readers.prompts import json_cell
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.content import Demonstration, GivenResponse, JudgedResponses
from preceptor.kinds.given import Comparison
from preceptor.lib.i18n import _

EXAMPLE = """\
{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}
{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": \
"Hello!"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}
"""


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A chat, or a pair."""
    if row.get("messages") is not None:
        messages = messages_of(row["messages"], "messages")
        return row_of(row, line, conversation(messages, worker=worker_of(row), source=rest_of(row, "messages")))
    given = json_cell(row.get("input"), "input")
    if not isinstance(given, dict):
        raise BadRowError("missing", _("This row has neither “messages” nor “input” with “messages”."))
    rest = rest_of(given, "messages")
    content = Comparison(
        prompt=messages_of(given.get("messages"), "messages"),
        responses=tuple(
            GivenResponse(reply_of(row.get(name), name)) for name in ("preferred_output", "non_preferred_output")
        ),
        ranking=((0,), (1,)),
        worker=worker_of(row),
        source=rest_of(row, "input", "preferred_output", "non_preferred_output") | ({"input": rest} if rest else {}),
    )
    return row_of(row, line, content)


def lines(content: JudgedResponses | Demonstration, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """A chat per demonstration, a row per pair."""
    source = content.provenance.source
    if isinstance(content, Demonstration):
        answer = {"role": "assistant", "content": content.completion}
        yield "chat", {"messages": [*as_plain(content.prompt), answer]} | source
        return
    rest = {key: value for key, value in source.items() if key != "input"}
    more = source.get("input")
    prompt = {"messages": as_plain(content.prompt)} | (more if isinstance(more, dict) else {})
    for pair in content.preferences:
        yield (
            "preference",
            {
                "input": prompt,
                "preferred_output": [{"role": "assistant", "content": pair.chosen}],
                "non_preferred_output": [{"role": "assistant", "content": pair.rejected}],
            }
            | rest,
        )


FORMAT = Format(
    name="openai",
    title=_("OpenAI fine-tuning"),
    about="Chats with a column `messages`, and pairs with `input`, `preferred_output` and `non_preferred_output`.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("Chats (“messages”) or pairs (“input”, “preferred_output”, “non_preferred_output”)."),
    signs=((("input", "preferred_output"), understand),),
    read=by_row(understand, wanted=("messages", "input")),
    accepts=(JudgedResponses, Demonstration),
    lines=lines,
    line_tables={
        "chat": "conversations that end with the ideal response",
        "preference": "every strict pair of the ranking of the responses",
    },
)
