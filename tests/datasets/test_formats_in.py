"""Each format that is read: what its rows mean, what is wrong with bad ones by line, and whatever they are written in."""

import csv
import gzip
import io
import json
import tracemalloc
import zipfile

import msgspec
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.formats import import_format, release_formats
from preceptor.datasets.formats.reading import marked, split_dialogue, tail_text, write_dialogue
from preceptor.datasets.readers import ImportedRow, RowProblem, Source
from preceptor.kinds.content import (
    Candidate,
    Conversation,
    Demonstration,
    JudgedResponses,
    Message,
    Preference,
    Provenance,
)
from preceptor.kinds.given import Answered, Comparison, LabelledResponse, LabelledSteps, PlainText, Record, WorkerLabel
from preceptor.kinds.trees import ConversationTree, TreeMessage
from preceptor.lib.clock import utc_now
from tests.datasets.release_samples import texts

ASKED = (Message("user", "Hi"),)
SAID = {"role": "assistant", "content": "Hello!"}
GOOD = {
    "trl-sft": ({"messages": [{"role": "user", "content": "Hi"}, SAID]}, Answered),
    "trl-prompt-only": ({"prompt": "Hi"}, Conversation),
    "trl-prompt-completion": ({"prompt": "Hi", "completion": "Hello!"}, Answered),
    "trl-preference": ({"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}, Comparison),
    "trl-preference-implicit": (
        {"chosen": [{"role": "user", "content": "Hi"}, SAID], "rejected": [{"role": "user", "content": "Hi"}, SAID]},
        Comparison,
    ),
    "trl-unpaired": ({"prompt": "Hi", "completion": "Hello!", "label": True}, LabelledResponse),
    "trl-stepwise": ({"prompt": "Hi", "completions": ["a", "b"], "labels": [True, False]}, LabelledSteps),
    "openai": ({"messages": [{"role": "user", "content": "Hi"}, SAID]}, Answered),
    "hh": ({"chosen": "\n\nHuman: Hi\n\nAssistant: A", "rejected": "\n\nHuman: Hi\n\nAssistant: B"}, Comparison),
    "sharegpt": ({"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}, Answered),
    "alpaca": ({"instruction": "Say hi.", "input": "To whom?", "output": "Hi you!"}, Answered),
    "label-studio": ({"data": {"text": "Hi"}, "annotations": [], "predictions": []}, Record),
    "labels": ({"item": "1", "worker": "w", "label": "x"}, WorkerLabel),
    "oasst": (
        {"message_tree_id": "t", "prompt": {"message_id": "t", "text": "Hi", "role": "prompter", "replies": []}},
        ConversationTree,
    ),
    "jsonl": ({"prompt": "Hi"}, Conversation),
    "json": ({"prompt": "Hi"}, Conversation),
    "hf": ({"prompt": "Hi", "chosen": "a", "rejected": "b"}, Comparison),
}
BAD = {
    "trl-sft": {"messages": "[nothing"},
    "trl-prompt-only": {"question": "Hi"},
    "trl-prompt-completion": {"prompt": "Hi", "completion": 7},
    "trl-preference": {"prompt": "Hi", "chosen": "a"},
    "trl-preference-implicit": {"chosen": [{"role": "wizard", "content": "Hi"}], "rejected": "x"},
    "trl-unpaired": {"prompt": "Hi", "completion": "a", "label": "perhaps"},
    "trl-stepwise": {"prompt": "Hi", "completions": ["a"], "labels": [True, False]},
    "openai": {"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []},
    "hh": {"chosen": "\n\nHuman: Hi"},
    "sharegpt": {"conversations": [{"from": "human"}, 7]},
    "alpaca": {"instruction": 7},
    "label-studio": {"data": "x", "annotations": []},
    "labels": {"item": "1", "label": "x"},
    "oasst": {"message_tree_id": "t", "prompt": {"message_id": "t", "role": "prompter"}},
    "jsonl": {"prompt": ""},
    "json": {"prompt": ""},
    "hf": {"nobody": "knows"},
}


def read(path, form, data, **options):
    file = path / "file"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(import_format(form).read(Source(path=file, **options)))


@pytest.mark.parametrize("form", GOOD)
def test_a_row_is_what_the_format_says(tmp_path, form):
    row, kind = GOOD[form]
    [found] = read(tmp_path, form, json.dumps(row) + "\n")

    assert isinstance(found, ImportedRow), str(found.message)
    assert isinstance(found.content, kind)


@pytest.mark.parametrize("form", BAD)
def test_a_bad_row_is_told_by_its_line_and_the_rest_is_read(tmp_path, form):
    good, _kind = GOOD[form]
    found = read(tmp_path, form, "\n".join(json.dumps(row) for row in (good, BAD[form], good)) + "\n")

    assert [one.line for one in found] == [1, 2, 3]
    assert [isinstance(one, RowProblem) for one in found] == [False, True, False]
    assert str(found[1].message)


@pytest.mark.parametrize("form", BAD)
@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"[1, 2", b"{", b'"', b"PK\x03\x04", b"PAR1", b"ARROW1"])
def test_files_that_are_something_else_are_told_and_never_crash(tmp_path, form, data):
    assert not [one for one in read(tmp_path, form, data) if isinstance(one, ImportedRow)]


@pytest.mark.parametrize("form", ["trl-preference", "labels", "trl-prompt-completion", "trl-unpaired"])
@pytest.mark.parametrize(
    "container", ["jsonl", "array", "pretty", "csv", "tsv", "parquet", "arrow", "xlsx", "gz", "zst", "zip"]
)
def test_rows_mean_the_same_whatever_they_are_written_in(tmp_path, form, container):
    rows = [GOOD[form][0] | {"extra": f"e{number}"} for number in range(3)]
    found = read(tmp_path, form, written(rows, container))

    assert all(isinstance(one, ImportedRow) for one in found), [str(one.message) for one in found]
    assert [one.content.source for one in found] == [{"extra": f"e{number}"} for number in range(3)]


def written(rows, container):
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    plain = {
        "jsonl": lambda: lines,
        "array": lambda: json.dumps(rows).encode(),
        "pretty": lambda: json.dumps(rows, indent=2).encode(),
        "gz": lambda: gzip.compress(lines),
        "zst": lambda: zstandard.compress(lines[:40]) + zstandard.compress(lines[40:]),
    }
    if container in plain:
        return plain[container]()
    out = io.BytesIO()
    if container in {"csv", "tsv"}:
        text = io.StringIO()
        table = csv.DictWriter(text, list(rows[0]), delimiter="," if container == "csv" else "\t")
        table.writeheader()
        table.writerows(rows)
        return text.getvalue().encode()
    if container in {"parquet", "arrow"}:
        table = pa.Table.from_pylist(rows)
        if container == "parquet":
            pq.write_table(table, out)
        else:
            with pa.ipc.new_file(out, table.schema) as writer:
                writer.write_table(table)
    elif container == "xlsx":
        book = openpyxl.Workbook()
        for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
            book.active.append(row)
        book.save(out)
    else:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("README.md", "# Rows")
            archive.writestr("data/train-00000.jsonl", lines)
    return out.getvalue()


def test_a_small_zstandard_file_does_not_unfold_at_once(tmp_path):
    path, packer = tmp_path / "bomb.jsonl.zst", zstandard.ZstdCompressor().compressobj()
    packed = b"".join(packer.compress(b"[" + bytes(4_000_000)) for _part in range(50)) + packer.flush()
    assert len(packed) < 100_000
    path.write_bytes(packed)
    tracemalloc.start()
    try:
        assert [one.code for one in Source(path=path).lines()] == ["not_text"]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50_000_000


def test_a_cut_off_zstandard_file_is_told(tmp_path):
    packed = zstandard.compress("".join(f'{{"prompt": "{number}"}}\n' for number in range(50_000)).encode())
    found = read(tmp_path, "jsonl", packed[: len(packed) // 2])

    assert found[-1].code == "damaged"
    assert found[-1].line == len(found)


def test_columns_may_be_called_otherwise(tmp_path):
    data = "question,good,bad,who\nHi,a,b,Ann\n"
    columns = {"prompt": "question", "chosen": "good", "rejected": "bad", "worker": "who"}
    [row] = read(tmp_path, "trl-preference", data, columns=columns)

    assert (row.content.prompt, row.content.worker, row.content.source) == (ASKED, "Ann", {})
    assert [response.text for response in row.content.responses] == ["a", "b"]


def test_messages_of_trees_may_stand_one_by_one(tmp_path):
    rows = [
        {"message_tree_id": "t", "message_id": "t", "text": "Hi", "role": "prompter"},
        {"message_tree_id": "t", "message_id": "a", "parent_id": "t", "text": "A", "role": "assistant", "rank": 1},
        {"message_tree_id": "t", "message_id": "b", "parent_id": "t", "text": "B", "role": "assistant", "rank": 0},
        {"message_tree_id": "u", "message_id": "u", "text": "Ho", "role": "prompter"},
        {"message_tree_id": "u", "message_id": "x", "parent_id": "z", "text": "X", "role": "assistant"},
    ]
    found = read(tmp_path, "oasst", "".join(json.dumps(row) + "\n" for row in rows))

    assert [one.line for one in found] == [1, 4]
    [comparison] = found[0].content.comparisons()
    assert comparison.ranking == ((1,), (0,))
    assert "line 5" in str(found[1].message)


def test_a_nested_value_with_nul_is_refused(tmp_path):
    [problem] = read(tmp_path, "labels", '{"item": "1", "worker": "w", "label": "x", "more": ["\\u0000"]}\n')
    assert problem.code == "nul"


# --- there and back ---------------------------------------------------------------------------------------------------

plain = texts.filter(lambda text: "\n\nHuman: " not in text and "\n\nAssistant: " not in text)
threads = st.lists(st.tuples(plain, plain), min_size=1, max_size=3).map(
    lambda turns: tuple(
        message for asked, said in turns for message in (Message("user", asked), Message("assistant", said))
    )
)


def provenance(**source):
    return Provenance(
        project="p",
        kind="k",
        item_id="i",
        submission_id="s",
        revision=1,
        trainer="amber-otter",
        guidelines_version=1,
        form_version=1,
        review="imported",
        active_ms=0,
        idle_ms=0,
        waiting_ms=0,
        paused_ms=0,
        submitted_at=utc_now(),
        source=source,
    )


def rows_out(form, content):
    [one] = release_formats([form])
    make = one.lines or one.rows
    return [msgspec.json.decode(msgspec.json.encode(row)) for _table, row in make(content, one.settings())]


@given(messages=threads)
def test_dialogues_are_taken_apart_as_they_were_put_together(messages):
    assert split_dialogue(write_dialogue(messages)) == messages
    assert split_dialogue(marked(tail_text(messages[1:]))) == messages[1:]


@given(messages=threads, answers=st.tuples(plain, plain), note=texts)
@pytest.mark.parametrize("form", ["hh", "openai"])
def test_pairs_come_back_as_they_went_out(tmp_path_factory, form, messages, answers, note):
    prompt, (better, worse) = messages[:-1], answers
    judged = JudgedResponses(
        prompt=prompt,
        candidates=(Candidate("a", better, rank=1), Candidate("b", worse, rank=2)),
        provenance=provenance(note=note),
        preferences=(Preference(better, worse, "a", "b", 1.0),),
    )
    [row] = rows_out(form, judged)
    [back] = read(tmp_path_factory.mktemp("back"), form, json.dumps(row) + "\n")

    if better != worse:  # where both say the same, nothing shows where the prompt ends
        assert back.content.prompt == prompt
        assert [response.text for response in back.content.responses] == [better, worse]
    assert back.content.source == {"note": note}


@given(messages=threads, answer=plain.filter(bool), note=texts)
@pytest.mark.parametrize("form", ["sharegpt", "openai", "trl-sft", "trl-prompt-completion"])
def test_demonstrations_come_back_as_they_went_out(tmp_path_factory, form, messages, answer, note):
    shown = Demonstration(prompt=messages[:-1], completion=answer, provenance=provenance(note=note))
    [row] = rows_out(form, shown)
    [back] = read(tmp_path_factory.mktemp("back"), form, json.dumps(row) + "\n")

    assert (back.content.messages, back.content.completion) == (messages[:-1], answer)


keys = st.text("abcdef_", min_size=1, max_size=8).filter(
    lambda key: key not in {"text", "role", "rank", "labels", "replies", "message_id", "parent_id"}
)
values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), texts)


@st.composite
def trees(draw):
    messages = [
        {"message_id": "m0", "text": draw(texts), "role": "prompter"} | draw(st.dictionaries(keys, values, max_size=3))
    ]
    by_id = {"m0": messages[0]}
    for number in range(1, draw(st.integers(1, 6))):
        parent = draw(st.sampled_from(sorted(by_id)))
        message = {"message_id": f"m{number}", "parent_id": parent, "text": draw(texts)}
        message["role"] = draw(st.sampled_from(["prompter", "assistant", "system", "user"]))
        message |= draw(st.dictionaries(keys, values, max_size=2))
        message |= draw(st.sampled_from([{}, {"rank": None}, {"rank": 0}, {"rank": 3}]))
        message |= draw(st.sampled_from([{}, {"replies": []}, {"labels": {}}, {"labels": {"spam": {"value": 0.5}}}]))
        by_id[f"m{number}"] = message
        by_id[parent].setdefault("replies", []).append(message)
    return (
        {"message_tree_id": "t"} | draw(st.sampled_from([{}, {"tree_state": "x"}, {"n": 1}])) | {"prompt": messages[0]}
    )


@given(tree=trees())
def test_trees_come_back_field_by_field(tmp_path_factory, tree):
    [row] = read(tmp_path_factory.mktemp("tree"), "oasst", json.dumps(tree) + "\n")
    [back] = [out for out in rows_out("oasst", row.content) if "prompt" in out]

    assert back == tree


def test_content_falls_back_on_what_it_is_otherwise():
    tree = ConversationTree(
        id="t", messages=(TreeMessage("t", None, "user", "Hi"), TreeMessage("a", "t", "assistant", "A", rank=0))
    )
    [prompt] = tree.otherwise()
    assert isinstance(prompt, Conversation)
    [record] = WorkerLabel(item="1", label="x", worker="w", gold="y").otherwise()
    assert (record.key, record.data, record.source, record.answers[0].worker) == (
        "1",
        {"item": "1"},
        {"gold": "y"},
        "w",
    )
    [told] = PlainText("Hi").otherwise()
    assert told.messages == ASKED
