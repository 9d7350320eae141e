"""Reading imported prompts: what rows mean, and that whatever is wrong is told by line with what to do."""

import csv
import gzip
import io
import os
from pathlib import Path

import msgspec
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.formats import import_format
from preceptor.datasets.readers import ImportedRow, RowProblem, Source, SourceError
from preceptor.datasets.readers.delimited import MAX_UNCLOSED
from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.kinds.registry import task_kind
from tests.datasets.release_samples import texts


def read(path, form, data=None, **options):
    if data is not None:
        path = path / "file"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(import_format(form).read(Source(path=path, **options)))


def prompts(found):
    return [one.content.messages[-1].content for one in found if isinstance(one, ImportedRow)]


def problems(found):
    return [(one.line, one.code) for one in found if isinstance(one, RowProblem)]


# --- what rows mean ---------------------------------------------------------------------------------------------------


def test_text_is_a_prompt_per_line(tmp_path):
    found = read(tmp_path, "text", "Why is ice slippery?\r\n\n  Name a tree. \n¿Qué?")

    assert prompts(found) == ["Why is ice slippery?", "Name a tree.", "¿Qué?"]
    assert [one.line for one in found] == [1, 3, 4]


def test_a_line_of_json_is_a_text_or_an_object(tmp_path):
    found = read(tmp_path, "jsonl", '"Hi"\n\n{"prompt": "Ho", "topic": "sea", "brief": "Be kind.", "id": 4, "x": null}')

    assert prompts(found) == ["Hi", "Ho"]
    row = found[1]
    assert (row.line, row.topic, row.brief, row.content.source) == (3, "sea", "Be kind.", {"id": 4, "x": None})


def test_responses_come_as_texts_or_with_their_model(tmp_path):
    [row] = read(tmp_path, "jsonl", '{"prompt": "Hi", "responses": ["Ho", {"text": "Hey", "model": "m"}]}')

    assert row.content.responses == (GivenResponse("Ho"), GivenResponse("Hey", model="m"))


def test_whether_a_response_may_be_empty_is_for_the_kind_to_say(tmp_path):
    (row,) = read(tmp_path, "jsonl", '{"prompt": "a", "responses": ["b", ""]}')
    assert [response.text for response in row.content.responses] == ["b", ""]
    assert task_kind("compare_responses").takes(row.content)
    assert not task_kind("rate_responses").takes(row.content)


def test_turns_are_a_prompt_and_what_was_planned_after_it(tmp_path):
    [row] = read(
        tmp_path, "jsonl", '{"question_id": 81, "category": "writing", "turns": ["Write.", "Again.", "More."]}'
    )

    assert row.content.messages == (Message("user", "Write."),)
    assert row.content.follow_ups == ("Again.", "More.")
    assert row.topic == "writing"
    assert row.content.source == {"question_id": 81, "category": "writing"}


def test_a_prompt_may_be_a_conversation_that_ends_with_the_user(tmp_path):
    [row] = read(
        tmp_path,
        "jsonl",
        '{"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]}',
    )

    assert row.content.messages == (Message("system", "Be brief."), Message("user", "Hi"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_be_parted_as_spreadsheets_of_any_country_do(tmp_path, delimiter):
    lines = [["Prompt", "Topic", "response_2", "response_1", "id"], ["Hi", "sea", "second", "first", "7"]]
    [row] = read(tmp_path, "csv", "\n".join(delimiter.join(cells) for cells in lines))

    assert prompts([row]) == ["Hi"]
    assert [response.text for response in row.content.responses] == ["first", "second"]
    assert (row.topic, row.content.source) == ("sea", {"id": "7"})


def test_a_cell_may_hold_a_list_and_lines_and_quotes(tmp_path):
    found = read(tmp_path, "csv", 'prompt,responses\n"One\r\n""two"", three","[""a"", ""b""]"\nfour,\n')

    assert prompts(found) == ['One\n"two", three', "four"]
    assert [len(one.content.responses) for one in found] == [2, 0]
    assert [one.line for one in found] == [2, 4]


def test_a_header_alone_of_one_column_is_enough(tmp_path):
    assert prompts(read(tmp_path, "csv", 'prompt\nHi\n5" pipe\n')) == ["Hi", '5" pipe']


@given(cells=st.lists(st.tuples(texts.filter(str.strip), texts), min_size=1, max_size=5))
def test_what_pythons_csv_writes_is_what_is_read(tmp_path_factory, cells):
    cells = [tuple(cell.replace("\r", " ") for cell in row) for row in cells]
    cells = [row for row in cells if row[0].strip()]
    written = io.StringIO()
    csv.writer(written).writerows([("prompt", "note"), *cells])
    found = read(tmp_path_factory.mktemp("csv"), "csv", written.getvalue())

    assert prompts(found) == [prompt for prompt, _note in cells]
    assert [one.content.source for one in found] == [{"note": note} if note.strip() else {} for _prompt, note in cells]


@given(values=st.lists(texts.filter(str.strip), min_size=1, max_size=5))
def test_any_text_survives_json_lines(tmp_path_factory, values):
    data = b"".join(msgspec.json.encode({"prompt": value}) + b"\n" for value in values)

    assert prompts(read(tmp_path_factory.mktemp("jsonl"), "jsonl", data)) == values


@given(data=st.binary(max_size=300), form=st.sampled_from(["text", "jsonl", "csv"]))
def test_no_bytes_at_all_raise_an_error(tmp_path_factory, data, form):
    found = read(tmp_path_factory.mktemp("any"), form, data)

    assert all(isinstance(one, ImportedRow | RowProblem) for one in found)


@given(data=st.text('ab",;\n\t', max_size=80))
def test_no_quoting_raises_an_error_or_tells_a_line_twice(tmp_path_factory, data):
    lines = [one.line for one in read(tmp_path_factory.mktemp("quotes"), "csv", f"prompt,b\n{data}", max_row_bytes=20)]

    assert lines == sorted(set(lines)), "each row and each problem has a line of its own, in their order"


def test_a_brief_may_leave_the_prompt_to_the_person(tmp_path):
    (found,) = read(tmp_path, "jsonl", '{"brief": "Change your mind.", "steps": ["Ask.", "Change."]}')
    assert (found.brief, found.content) == ("Change your mind.", Conversation(source={"steps": ["Ask.", "Change."]}))
    (found,) = read(tmp_path, "csv", "brief,topic\nTalk about cats.,animals\n")
    assert (found.brief, found.topic, found.content) == ("Talk about cats.", "animals", Conversation())


# --- encodings and compression ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_byte_order_marks_are_understood(tmp_path, encoding, form):
    data = {"text": "¿Qué? 😀\nlast", "jsonl": '"¿Qué? 😀"\n"last"', "csv": "prompt\r\n¿Qué? 😀\r\nlast"}[form]

    assert prompts(read(tmp_path, form, data.encode(encoding))) == ["¿Qué? 😀", "last"]


def test_another_encoding_can_be_named(tmp_path):
    assert prompts(read(tmp_path, "text", "¿Qué?\nüber".encode("cp1252"), encoding="cp1252")) == ["¿Qué?", "über"]
    assert prompts(read(tmp_path, "text", "¿Qué?\nüber".encode("utf-16-be"), encoding="utf-16-be")) == ["¿Qué?", "über"]


@pytest.mark.parametrize("name", ["latin-55", "base64", "rot13"])
def test_an_encoding_that_does_not_exist_is_refused(tmp_path, name):
    with pytest.raises(SourceError, match=f"no text encoding called “{name}”"):
        Source(path=tmp_path, encoding=name)


def test_a_line_in_another_encoding_is_a_problem_of_that_line(tmp_path):
    found = read(tmp_path, "text", b"fine\n\xbfQu\xe9?\nfine too\n")

    assert prompts(found) == ["fine", "fine too"]
    assert problems(found) == [(2, "encoding")]
    assert str(found[1].message).startswith("Byte 1 of this line is not UTF-8. Save the file as UTF-8")


def test_a_broken_surrogate_in_utf_16_is_a_problem_of_its_line(tmp_path):
    data = b"\xff\xfe" + "one\n".encode("utf-16-le") + b"\x00\xd8\n\x00" + "three".encode("utf-16-le")
    found = read(tmp_path, "text", data)

    assert prompts(found) == ["one", "three"]
    assert problems(found) == [(2, "encoding")]


@pytest.mark.parametrize("name", ["prompts.jsonl.gz", "prompts.jsonl"])
def test_gzip_is_known_by_its_bytes(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(b'"Hi"\n"Ho"\n'))

    assert prompts(read(path, "jsonl")) == ["Hi", "Ho"]


@pytest.mark.parametrize("damage", [lambda data: data[:-12], lambda data: data[:40] + b"\xff" * 20 + data[60:]])
def test_damaged_gzip_gives_what_could_be_read_and_says_where_it_ends(tmp_path, damage):
    lines = b"".join(b'"%d"\n' % number for number in range(20_000))
    found = read(tmp_path, "jsonl", damage(gzip.compress(lines)))

    assert found[-1].code == "damaged"
    assert found[-1].fatal
    assert found[-1].line == len(found)


# --- problems by line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("{", "not_json", "stuck at byte 1. A line has to be one whole value"),
        ('{"prompt": "a",}', "not_json", "stuck at byte 16"),
        ('{"prompt": "a"} {"prompt": "b"}', "not_json", "stuck at byte 1"),
        ("Why?", "not_json", "stuck at byte 1"),
        ('"\\ud800"', "not_json", "one whole value"),
        ("[" * 9000, "too_deep", "nested too deeply"),
        ("7", "shape", 'a text or an object such as {"prompt": "…"}'),
        ("null", "shape", "a text or an object"),
        ("[]", "shape", "a text or an object"),
        ("{}", "no_prompt", "Name it “prompt”"),
        ('{"Question": "a"}', "no_prompt", "Name it “prompt”"),
        ('{"Question": "a", "brief": "Be kind."}', "no_prompt", "Name it “prompt”"),
        ('{"brief": " "}', "no_prompt", "Name it “prompt”"),
        ('{"prompt": "a", "turns": ["a"]}', "two_prompts", "Keep one of them"),
        ('{"prompt": 7}', "prompt", "has to be a text"),
        ('{"prompt": " "}', "empty_prompt", "Fill it in"),
        ('""', "empty_prompt", "Fill it in"),
        ('{"prompt": []}', "prompt", "whose last one is the user's"),
        ('{"prompt": [{"role": "assistant", "content": "a"}]}', "prompt", "whose last one is the user's"),
        ('{"prompt": [{"role": "robot", "content": "a"}]}', "prompt", '[{"role": "user", "content": "…"}]'),
        ('{"turns": []}', "turns", "none of them empty"),
        ('{"turns": ["a", ""]}', "turns", "none of them empty"),
        ('{"turns": "a"}', "turns", "a list of texts"),
        ('{"prompt": "a", "responses": "b"}', "responses", "a list of texts"),
        ('{"prompt": "a", "responses": []}', "responses", "a list of texts"),
        ('{"prompt": "a", "responses": [7]}', "responses", "a list of texts"),
        ('{"prompt": "a", "responses": [{"txt": "b"}]}', "responses", '{"text": "…", "model": "…"}'),
        ('{"prompt": "a", "topic": 7}', "topic", "“topic” has to be a text"),
        ('{"prompt": "a\\u0000b"}', "nul", "Take it out"),
        ('{"prompt": "a", "x": [{"y\\u0000": 1}]}', "nul", "Take it out"),
        ("x" * 101, "too_long", "longer than 100 bytes"),
    ],
)
def test_a_broken_line_is_told_and_the_rest_is_read(tmp_path, line, code, says):
    limit = 100 if code == "too_long" else 10_000
    found = read(tmp_path, "jsonl", f'"before"\n{line}\n"after"', max_row_bytes=limit)

    assert prompts(found) == ["before", "after"]
    assert problems(found) == [(2, code)]
    assert says in str(found[1].message)
    assert not found[1].fatal


@pytest.mark.parametrize(
    ("record", "code", "says"),
    [
        ("Hi", "cells", "has 1 cells and the header 3"),
        ("Hi,a,b,c", "cells", "has 4 cells and the header 3"),
        (",a,", "empty_prompt", "Fill it in"),
        ("Hi,a,nope", "responses", "a list of texts, or of objects"),
        ('Hi,a,"[1]"', "responses", "a list of texts"),
        ("Hi\ra,b,c", "line_end", "Put the cell in quotes"),
        ("Hi,a\0b,", "nul", "Take it out"),
        ('"Hi,a,b', "unclosed_quote", "never closed. Close it"),
    ],
)
def test_a_broken_record_is_told_and_the_rest_is_read(tmp_path, record, code, says):
    found = read(tmp_path, "csv", f"prompt,note,responses\nbefore,,\n{record}\nafter,,\n", max_row_bytes=1000)

    assert prompts(found) == ["before", "after"]
    assert problems(found) == [(3, code)]
    assert says in str(found[1].message)


def test_a_quote_that_is_never_closed_does_not_swallow_a_long_file(tmp_path):
    rows = "".join(f"row {number},x\n" for number in range(50_000))
    found = read(tmp_path, "csv", f'prompt,note\n"open,x\n{rows}', max_row_bytes=100_000)

    assert problems(found) == [(2, "unclosed_quote")]
    assert len(prompts(found)) == 50_000


def test_quotes_that_are_never_closed_end_the_reading_before_it_gets_slow(tmp_path):
    found = read(tmp_path, "csv", "prompt,note\n" + 'x","y\n' * 100_000, max_row_bytes=100_000)

    assert len(found) == MAX_UNCLOSED
    assert found[-1].fatal
    assert "reading stops here" in str(found[-1].message)


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        ("question,answer\nHi,Ho\n", "header", "one of them “prompt”. Found: question, answer"),
        ("", "empty", "is empty"),
        ("\n\n", "empty", "is empty"),
        ("prompt,a,A\nHi,1,2", "header", "the same name: a"),
        (b"prompt\xff\nHi", "encoding", "is not UTF-8"),
        ("prompt" + " " * 2000 + "\nHi", "too_long", "longer than 1000 bytes"),
    ],
)
def test_a_header_that_says_nothing_ends_it(tmp_path, data, code, says):
    [problem] = read(tmp_path, "csv", data, max_row_bytes=1000)

    assert (problem.code, problem.fatal) == (code, True)
    assert says in str(problem.message)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04rest of a spreadsheet", b"PAR1 and columns", b"%PDF-1.7", "prompt\nHi\n".encode("utf-16-le")],
    ids=["xlsx", "parquet", "pdf", "utf-16 without a mark"],
)
@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_what_is_no_text_is_told_once(tmp_path, form, data):
    [problem] = read(tmp_path, form, data)

    assert (problem.line, problem.code, problem.fatal) == (1, "not_text", True)


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_an_empty_file_has_no_rows(tmp_path, form):
    assert read(tmp_path, form, "") == []


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path):
    with pytest.raises(SourceError, match=r"The file prompts\.csv cannot be opened: No such file"):
        read(tmp_path / "prompts.csv", "csv")


# --- size -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_memory_does_not_grow_with_the_file(tmp_path, form):
    path = tmp_path / "big.gz"
    wrap = {"text": "%s", "jsonl": '{"prompt": "%s"}', "csv": "%s"}[form]
    with gzip.open(path, "wt", compresslevel=1) as stream:
        stream.write("prompt\n" if form == "csv" else "")
        stream.writelines(wrap % os.urandom(120).hex() + "\n" for _ in range(60_000))
    process, peaks, shares = psutil.Process(), [0, 0], []
    source = Source(path=path)
    for number, row in enumerate(import_format(form).read(source)):
        assert isinstance(row, ImportedRow)
        if number % 1000 == 0:
            half = int(number > 10_000)
            peaks[half] = max(peaks[half], process.memory_info().rss)
            shares.append(source.progress)

    assert number == 59_999
    assert peaks[1] - peaks[0] < 8 << 20
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.2
    assert 0.8 < shares[-1] < source.progress == 1


def test_a_line_of_any_length_costs_no_more_than_the_limit(tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b'"first"\n')
        for _ in range(200):
            stream.write(b"x" * (1 << 20))
        stream.write(b'\n"last"\n')
    before = psutil.Process().memory_info().rss
    found = read(path, "jsonl")

    assert prompts(found) == ["first", "last"]
    assert problems(found) == [(2, "too_long")]
    assert psutil.Process().memory_info().rss - before < 32 << 20


# --- real files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared_prompts():
    folder = os.environ.get("PRECEPTOR_DATA")
    if not folder:
        pytest.skip("PRECEPTOR_DATA is not set: the shared real data is not here")
    return Path(folder) / "prompts"


@pytest.mark.data
def test_mt_bench_questions_are_read(shared_prompts):
    found = read(shared_prompts / "mt_bench_questions.jsonl", "jsonl")

    assert (len(prompts(found)), problems(found)) == (80, [])
    assert {len(one.content.follow_ups) for one in found} == {1}
    assert len({one.topic for one in found}) == 8


@pytest.mark.data
def test_prompts_of_open_assistant_are_read(shared_prompts):
    found = read(shared_prompts / "oasst_prompts_en_250.jsonl", "jsonl")

    assert (len(prompts(found)), problems(found)) == (250, [])
