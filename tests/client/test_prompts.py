"""What `preceptor smoke` reads, and what it says before it begins."""

import click
import pytest
from click.testing import CliRunner

from preceptor.cli import commands
from preceptor.cli.smoke import read_prompts


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "prompts.jsonl"
        path.write_text(text)
        return path

    return write


def test_three_ways_to_say_a_prompt(written):
    lines = '{"prompt": "One?"}\n\n"Two?"\n{"question_id": 1, "turns": ["Three?", "Why?"]}\n"Two?"\n"Four?"\n'
    assert read_prompts(written(lines)) == [["One?"], ["Two?"], ["Three?", "Why?"], ["Four?"]]
    assert read_prompts(written(lines), count=2) == [["One?"], ["Two?"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("{}", "line 2: there is no prompt"),
        ("[]", "line 2: there is no prompt"),
        ('{"turns": []}', "line 2: there is no prompt"),
        ('{"turns": "One?"}', "line 2: there is no prompt"),
        ('{"prompt": " "}', "line 2: there is no prompt"),
        ("7", "line 2: there is no prompt"),
    ],
)
def test_a_line_without_a_prompt_is_told(written, line, said):
    with pytest.raises(click.ClickException, match=said):
        read_prompts(written(f'"One?"\n{line}\n'))


def test_too_few_are_told(written):
    with pytest.raises(click.ClickException, match="has 1 different prompts; 2 are wanted"):
        read_prompts(written('"One?"\n'), count=2)


def test_a_folder_with_something_in_it_is_left_alone(written, tmp_path):
    path = written('"One?"\n')
    said = CliRunner().invoke(
        commands, ["smoke", "--url", "http://127.0.0.1:1", "--prompts", str(path), "--out", str(tmp_path)]
    )
    assert (said.exit_code, "is not empty" in said.output) == (1, True), said.output


def test_nobody_there_is_told(written, tmp_path):
    path = written('"One?"\n')
    said = CliRunner().invoke(
        commands, ["smoke", "--url", "http://127.0.0.1:1", "--prompts", str(path), "--out", str(tmp_path / "out")]
    )
    assert (said.exit_code, "does not answer" in said.output) == (1, True), said.output
    assert not (tmp_path / "out").exists()
