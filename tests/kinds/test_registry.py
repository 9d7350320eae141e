"""A plug-in: a package of its own, installed beside the house, found like the built-in ones."""

import subprocess
import sys
import textwrap

import pytest

from preceptor.kinds.registry import UnknownKindError, field, task_kind

PLUG_IN = """
import msgspec

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.content import Content, Conversation
from preceptor.kinds.task import Sample, TaskKind
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: str = "Is this funny?"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    yes: bool | None = None


class Label(Content, frozen=True):
    text: str
    yes: bool


class YesOrNo(TaskKind[Settings, Item, Answer]):
    key = "yes_or_no"
    title = _("Yes or no")
    description = _("One question about one text.")
    settings_type, item_type, answer_type = Settings, Item, Answer
    accepts = (Conversation,)

    def validate_settings(self, settings):
        return [] if settings.question.strip() else [FieldProblem("question", _("Write a question."))]

    def validate_item(self, item):
        return []

    def validate_answer(self, settings, item, turns, answer):
        return [FieldProblem("yes", _("Answer the question."))] if answer.yes is None else []

    def agreement(self, settings, answers):
        units, pairs = measured(answers)
        value = mean_of_pairs(answers, similarity=lambda a, b: float(a == b))
        return (Measure("same", _("Same answer"), value, units, pairs),)

    def content_rows(self, settings, item, turns, answer, provenance):
        return [Label(item.text, bool(answer.yes))]

    def sample(self):
        return Sample(Settings(), {"text": "Hm"}, Item("Hm"), (), Answer(True), Answer(False))


KIND = YesOrNo()
"""


def ask(folder, program):
    """Run a program in a fresh process that sees the plug-in, and return what it printed."""
    path = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", path + textwrap.dedent(program)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.fixture
def install(tmp_path):
    def install(source, *, name="yes_or_no", module="yes_or_no", distribution="plugin"):
        (tmp_path / module).mkdir(exist_ok=True)
        (tmp_path / module / "__init__.py").write_text(source)
        info = tmp_path / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[preceptor.task_kinds]\n{name} = {module}\n")
        return tmp_path

    return install


def test_a_kind_outside_the_package_is_found_and_works(install):
    folder = install(PLUG_IN)
    shown = ask(
        folder,
        """
        from preceptor.kinds.registry import task_kind, task_kinds
        kind = task_kind("yes_or_no")
        sample = kind.sample()
        assert kind.validate_answer(sample.settings, sample.item, (), kind.decode_answer(b"{}"))
        assert kind.parse_item_content(sample.row) == sample.item
        assert kind.positions(sample.settings, sample.item) == () and kind.given_turn(sample.item) is None
        assert kind.open_item() is None
        print(len(task_kinds()) > 1, kind.template("trainer"), kind.folder.name)
        """,
    )
    assert shown == "True kinds/tasks/yes_or_no/trainer.html yes_or_no"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("KIND = 3", "the KIND of yes_or_no is not a task kind with that key"),
        ("raise RuntimeError('oh')", "yes_or_no, which offers yes_or_no, cannot be loaded: oh"),
        ("", "yes_or_no, which offers yes_or_no in preceptor.task_kinds, has no KIND"),
    ],
)
def test_a_broken_plug_in_is_named(install, source, fault):
    shown = ask(install(source), "from preceptor.kinds.registry import task_kinds; task_kinds()")
    assert shown == f"preceptor.lib.plugins.BrokenPluginError: {fault}"


def test_a_name_taken_twice_is_refused(install):
    install(PLUG_IN)
    folder = install(PLUG_IN, distribution="other")
    shown = ask(folder, "from preceptor.kinds.registry import task_kinds; task_kinds()")
    assert shown.endswith("BrokenPluginError: two packages offer yes_or_no in preceptor.task_kinds")


def test_an_unknown_name_says_so():
    with pytest.raises(UnknownKindError, match="no task kind named “telepathy”"):
        task_kind("telepathy")
    with pytest.raises(UnknownKindError, match="no form field named “telepathy”"):
        field("telepathy")
