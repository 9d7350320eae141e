"""The files of a release: what is in them, that both kinds say the same, that memory stays flat and bytes the same."""

import hashlib
import resource
import time
from collections import Counter
from typing import Any, Literal

import msgspec
import psutil
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.datasets.formats import UnknownFormatError, import_format, release_formats
from preceptor.datasets.formats.interface import Format, NoSettings, WrittenFile
from preceptor.datasets.formats.settings import FormatSettingsError
from preceptor.datasets.writing.card import CardFacts, TaxonomyEntry
from preceptor.datasets.writing.columns import ColumnTypeError, RowColumns
from preceptor.datasets.writing.release import (
    DiskFullError,
    ReleaseFolderExistsError,
    ReleaseWriter,
)
from preceptor.kinds.content import Content
from preceptor.lib.i18n import _
from tests.datasets.release_samples import FACTS, demonstration, four, judged, judgements, submissions

FILES = {
    "scored/train",
    "trl-preference/train",
    "trl-preference/ideal",
    "trl-preference-implicit/train",
    "trl-preference-implicit/ideal",
    "trl-prompt-completion/train",
    "trl-unpaired/train",
}


def release(folder, contents, **changes):
    values = {"folder": folder, "formats": release_formats(), "facts": FACTS}
    with ReleaseWriter(**values | changes) as writer:
        for content in contents:
            writer.add(content)
        return writer.finish()


def lines(path):
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def front_matter(folder):
    return yaml.safe_load((folder / "README.md").read_text("utf-8").split("---\n")[1])


def test_every_table_is_there_as_json_lines_and_as_parquet(tmp_path):
    files = release(tmp_path / "out", submissions(3))

    on_disk = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert on_disk == {f"{stem}.{kind}" for stem in FILES for kind in ("jsonl", "parquet")} | {
        "README.md",
        "SHA256SUMS",
        "croissant.json",
    }
    assert {written.path for written in files} == on_disk


def test_files_are_described_by_rows_bytes_and_checksum(tmp_path):
    files = release(tmp_path / "out", submissions(3))

    for written in files:
        data = (tmp_path / "out" / written.path).read_bytes()
        assert (written.bytes, written.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    rows = {written.path: written.rows for written in files}
    assert rows["trl-preference/train.jsonl"] == rows["trl-preference/train.parquet"] == 15
    assert rows["trl-preference/ideal.jsonl"] == 12
    assert rows["trl-unpaired/train.jsonl"] == 6
    assert rows["trl-prompt-completion/train.jsonl"] == rows["scored/train.jsonl"] == 3
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "out" / "SHA256SUMS").read_text().splitlines())
    assert sums == {written.path: written.sha256 for written in files if written.path != "SHA256SUMS"}


def test_the_same_content_gives_the_same_bytes(tmp_path):
    first = release(tmp_path / "first", submissions(50))
    second = release(tmp_path / "second", submissions(50))

    assert first == second


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(judgements(), min_size=1, max_size=4))
def test_parquet_holds_what_json_lines_hold(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("round-trip") / "out"
    files = release(
        folder, [piece for one in contents for piece in (one, *([demonstration(one)] if one.ideal else []))]
    )

    for written in files:
        if written.path.endswith(".jsonl"):
            rows = lines(folder / written.path)
            table = pq.read_table(folder / written.path.replace(".jsonl", ".parquet"))
            assert table.to_pylist() == rows
            assert table.schema.names == list(rows[0])
            assert len(rows) == written.rows


def test_a_batch_ends_with_its_bytes_too_so_that_long_texts_cost_no_more_memory(tmp_path):
    long = "long " * 400_000
    release(tmp_path / "out", [four(number, ideal=long) for number in range(12)])

    groups = pq.ParquetFile(tmp_path / "out" / "scored" / "train.parquet").num_row_groups
    assert groups == 2
    assert [row["ideal"] for row in lines(tmp_path / "out" / "scored" / "train.jsonl")] == [long] * 12


def test_the_second_hundred_thousand_rows_take_no_more_memory_than_the_first(tmp_path):
    process = psutil.Process()
    peaks = [0, 0]
    began = time.process_time()
    with ReleaseWriter(folder=tmp_path / "out", formats=release_formats(), facts=FACTS) as writer:
        for number, content in enumerate(submissions(10_000)):
            writer.add(content)
            if number % 200 == 0:
                half = number // 10_000
                peaks[half] = max(peaks[half], process.memory_info().rss)
        files = writer.finish()
    took = time.process_time() - began

    rows = sum(written.rows for written in files if written.path.endswith(".jsonl"))
    assert rows >= 200_000
    assert peaks[1] - peaks[0] < 32 << 20
    assert rows / took > 5_000, "an eighth of the pace on an idle core"


def test_a_table_without_rows_leaves_no_file_and_the_card_says_so(tmp_path):
    content = judged(four().candidates, ideal=None, all_bad=True)
    release(tmp_path / "out", [content])

    assert not (tmp_path / "out" / "trl-preference").exists()
    assert "| `trl-preference/train` | 0 |" in (tmp_path / "out" / "README.md").read_text("utf-8")
    names = [config["config_name"] for config in front_matter(tmp_path / "out")["configs"]]
    assert names == ["scored", "trl-unpaired"]


def test_a_release_of_nothing_is_a_card(tmp_path):
    files = release(tmp_path / "out", [])

    assert [written.path for written in files] == ["croissant.json", "README.md", "SHA256SUMS"]
    assert "configs" not in front_matter(tmp_path / "out")


def test_only_the_formats_asked_for_are_written(tmp_path):
    files = release(tmp_path / "out", submissions(1), formats=release_formats(["trl-unpaired"]))

    assert [written.path for written in files][:2] == ["trl-unpaired/train.jsonl", "trl-unpaired/train.parquet"]
    assert len(files) == 5


def test_unknown_formats_are_named_with_the_known_ones():
    with pytest.raises(UnknownFormatError, match=r"“trl-ppo”.*scored, .*trl-preference"):
        release_formats(["trl-ppo"])
    with pytest.raises(UnknownFormatError, match=r"“text”"):
        release_formats(["text"])
    with pytest.raises(UnknownFormatError, match=r"“scored”.*csv, hf, hh"):
        import_format("scored")


def test_the_folder_is_there_whole_or_not_at_all(tmp_path):
    def broken():
        yield from submissions(3)
        assert not (tmp_path / "out").exists()
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        release(tmp_path / "out", broken())

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_behind_is_written_anew(tmp_path):
    (tmp_path / ".out.part" / "scored").mkdir(parents=True)
    (tmp_path / ".out.part" / "scored" / "train.jsonl").write_text("half a r")
    release(tmp_path / "out", submissions(1))

    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_release_is_never_written_over(tmp_path):
    release(tmp_path / "out", submissions(1))

    with pytest.raises(ReleaseFolderExistsError):
        release(tmp_path / "out", submissions(1))


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(DiskFullError):
            release(tmp_path / "out", submissions(2_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given", [{"true_from": "six"}, {"true_form": 6}, {"true_from": 3, "false_to": 3}], ids=["type", "name", "order"]
)
def test_settings_that_do_not_fit_are_refused_before_anything_is_written(tmp_path, given):
    with pytest.raises(FormatSettingsError) as caught:
        release(tmp_path / "out", submissions(1), settings={"trl-unpaired": given})

    assert caught.value.fields[0].path == "settings.trl-unpaired"
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_is_not_made_of_rows_writes_its_files_itself(tmp_path):
    class Picture(Content, frozen=True):
        name: str

    class Pictures:
        def __init__(self, folder):
            self.folder, self.names = folder, []

        def add(self, content):
            self.names.append(content.name)

        def finish(self):
            (self.folder / "pictures").mkdir()
            (self.folder / "pictures" / "names").write_text("\n".join(self.names))
            return [WrittenFile(path="pictures/names", rows=len(self.names), bytes=3, sha256="0" * 64)]

        def abandon(self):
            pass

    pictures = Format(
        name="pictures",
        title=_("Pictures"),
        settings=NoSettings,
        task_categories=("object-detection",),
        accepts=(Picture,),
        open=lambda folder, _settings: Pictures(folder),
    )
    files = release(tmp_path / "out", [Picture("a"), *submissions(1), Picture("b")], formats=[pictures])

    assert [written.path for written in files] == ["pictures/names", "croissant.json", "README.md", "SHA256SUMS"]
    assert (tmp_path / "out" / "pictures" / "names").read_text() == "a\nb"
    told = front_matter(tmp_path / "out")
    assert (told["task_categories"], told["tags"]) == (["object-detection"], ["preceptor", "human-feedback"])


def test_the_card_says_how_large_the_largest_table_is_whatever_it_is_written_in(tmp_path):
    release(tmp_path / "out", submissions(1_001), formats=release_formats(["hh", "oasst"]))
    told = front_matter(tmp_path / "out")
    assert (told["size_categories"], told["tags"]) == (["1K<n<10K"], ["preceptor", "human-feedback"])


def test_the_card_tells_what_is_in_the_release(tmp_path):
    release(tmp_path / "out", submissions(6), settings={"trl-unpaired": {"true_from": 7}})

    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert front_matter(tmp_path / "out") | {"configs": None} == {
        "pretty_name": "General chat, release 3",
        "license": "cc-by-4.0",
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["preceptor", "human-feedback", "trl"],
        "size_categories": ["n<1K"],
        "configs": None,
    }
    assert {config["config_name"] for config in front_matter(tmp_path / "out")["configs"]} == {
        stem.replace("/train", "").replace("/", "-") for stem in FILES
    }
    for said in [
        "in the project\ngeneral-chat and frozen on 2026-11-22.",
        "| Accepted submissions | 6 |",
        "| People | 5 |",
        "| Models | smollm2-135m |",
        "| Guidelines, version | 4 |",
        "| `trl-preference/train` | 30 | TRL preference pairs, explicit prompt: every strict pair",
        "true from a rating of 7, false up to 3 on a scale of 7",
        "| spelling | Spelling | minor |",
        "It is not a name",
    ]:
        assert said in card


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=60))
def test_whatever_a_project_is_called_the_card_stays_a_card(tmp_path_factory, words):
    folder = tmp_path_factory.mktemp("card") / "out"
    facts = CardFacts(
        title=words,
        project=words,
        number=1,
        created_at=FACTS.created_at,
        licence=words,
        languages=(words,),
        taxonomy=(TaxonomyEntry(key=words, label=words, severity=words),),
        scope=words,
        method=words,
    )
    release(folder, [], facts=facts)

    told = front_matter(folder)
    assert told["pretty_name"].endswith(", release 1")
    assert set(told) <= {
        "pretty_name", "license", "license_name", "language", "task_categories", "tags", "size_categories"
    }  # fmt: skip


def test_a_title_cannot_bring_markup_into_the_card(tmp_path):
    title = "<script>alert(1)</script>\n---\n# [x](javascript:y) | a"
    release(tmp_path / "out", [], facts=msgspec.structs.replace(FACTS, title=title))

    heading = next(
        line for line in (tmp_path / "out" / "README.md").read_text("utf-8").splitlines() if line.startswith("# ")
    )
    assert heading == r"# \<script\>alert(1)\</script\> --- \# \[x\](javascript:y) \| a, release 3"


class _Inner(msgspec.Struct):
    flag: bool
    number: float


class _Row(msgspec.Struct):
    role: Literal["a", "b"]
    groups: tuple[tuple[str, ...], ...]
    inner: tuple[_Inner, ...]
    count: int


def test_columns_follow_the_fields_of_the_row():
    rows = [_Row("a", (("x", "y"), ()), (_Inner(True, 0.5),), 1), _Row("b", (), (), -(2**63))]
    batch = RowColumns(_Row).batch(rows)

    assert batch.schema.names == ["role", "groups", "inner", "count"]
    assert batch.to_pylist() == [msgspec.json.decode(msgspec.json.encode(row)) for row in rows]


@pytest.mark.parametrize("hint", [int | None, dict[str, int], Any, tuple[int, str], list[int]], ids=str)
def test_what_no_column_can_hold_is_refused_when_the_format_is_opened(hint):
    row = msgspec.defstruct("Row", [("field", hint)])

    with pytest.raises(ColumnTypeError):
        RowColumns(row)


def test_every_folder_name_is_the_name_of_a_format():
    names = Counter(stem.split("/")[0] for stem in FILES)

    assert set(names) <= {one.name for one in release_formats() if one.open_with_pictures is None}
