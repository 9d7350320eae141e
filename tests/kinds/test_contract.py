"""What every field and every task kind promises, whoever wrote it: one parametrised test over all that are installed."""

import re
from datetime import UTC, datetime
from pathlib import Path
from timeit import repeat

import msgspec
import pytest

import preceptor
from preceptor.kinds import fields as form_fields
from preceptor.kinds import tasks
from preceptor.kinds.content import Content, Conversation, Provenance
from preceptor.kinds.registry import field, fields, task_kind, task_kinds
from preceptor.kinds.task import InvalidAnswerError, InvalidItemError, InvalidSettingsError
from preceptor.lib.i18n import LazyText

HOUSE = Path(preceptor.__file__).parent
PROVENANCE = Provenance(
    project="tires",
    kind="any",
    item_id="i",
    submission_id="s",
    revision=1,
    trainer="blue-heron",
    guidelines_version=1,
    form_version=1,
    review="accepted",
    active_ms=60_000,
    idle_ms=0,
    waiting_ms=1_000,
    paused_ms=0,
    submitted_at=datetime(2026, 11, 22, tzinfo=UTC),
)

every_kind = pytest.mark.parametrize("kind", task_kinds().values(), ids=lambda kind: kind.key)
every_field = pytest.mark.parametrize("one", fields().values(), ids=lambda one: one.key)


def test_all_that_is_declared_is_found():
    for found, place in ((task_kinds(), tasks), (fields(), form_fields)):
        folders = {one.parent.name for one in Path(place.__path__[0]).glob("*/__init__.py")}
        assert set(found) >= folders != set()
    places = [(kind.place, key) for key, kind in task_kinds().items()]
    assert places == sorted(places)
    assert all(task_kind(key) is kind for key, kind in task_kinds().items())
    assert all(field(key) is one for key, one in fields().items())


@every_kind
def test_a_kind_stands_in_a_folder_of_its_name_and_tells_about_itself(kind):
    assert kind.folder.name == kind.key
    assert (kind.folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    assert isinstance(kind.title, LazyText)
    assert isinstance(kind.description, LazyText)
    assert kind.template("trainer") == f"{kind.template_folder}/trainer.html"
    assert kind.template_folder.endswith(kind.key)
    assert kind.widget_module.endswith(kind.key)
    assert kind.locale_folder.parent == kind.folder


@every_field
def test_a_field_stands_in_a_folder_of_its_name_and_tells_about_itself(one):
    assert one.folder.name == one.key
    assert (one.folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    assert isinstance(one.title, LazyText)
    assert isinstance(one.description, LazyText)


@every_kind
def test_default_and_sample_settings_are_valid_and_survive_json(kind):
    for settings in (kind.default_settings(), kind.sample().settings):
        assert kind.validate_settings(settings) == []
        assert kind.decode_settings(msgspec.json.encode(settings)) == settings
        assert kind.decode_settings(msgspec.to_builtins(settings)) == settings
    assert kind.decode_settings(b"{}") == kind.default_settings()


@every_kind
def test_unknown_fields_are_refused_everywhere(kind):
    sample = kind.sample()
    unknown = {"no_such_field": 1}
    with pytest.raises(InvalidSettingsError) as settings_error:
        kind.decode_settings(msgspec.to_builtins(sample.settings) | unknown)
    with pytest.raises(InvalidItemError) as item_error:
        kind.parse_item_content(sample.row | unknown)
    with pytest.raises(InvalidAnswerError) as answer_error:
        kind.decode_answer(msgspec.to_builtins(sample.answer) | unknown)
    for error in (settings_error, item_error, answer_error):
        assert [problem.path for problem in error.value.fields] == ["no_such_field"]


@every_kind
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"7", b"\xff", b'{"a":"\\ud800"}', b"[" * 10_000])
def test_garbage_is_answered_with_a_problem(kind, raw):
    with pytest.raises(InvalidAnswerError):
        kind.decode_answer(raw)
    with pytest.raises(InvalidSettingsError):
        kind.decode_settings(raw)
    with pytest.raises(InvalidItemError):
        kind.decode_item(raw)


@every_kind
def test_the_sample_is_right(kind):
    sample = kind.sample()
    assert kind.parse_item_content(sample.row) == sample.item
    assert kind.validate_item(sample.item) == []
    assert kind.decode_item(msgspec.json.encode(sample.item)) == sample.item
    for answer in (sample.answer, sample.changed_answer):
        raw = msgspec.json.encode(answer)
        assert kind.decode_answer(raw) == answer
        assert kind.decode_answer(msgspec.json.decode(raw)) == answer
        assert kind.validate_answer(sample.settings, sample.item, sample.turns, answer) == []
        assert kind.questions(sample.settings, sample.item, sample.turns, answer) == []
    assert sample.answer != sample.changed_answer


@every_kind
def test_an_empty_draft_saves_and_is_not_an_answer(kind):
    sample = kind.sample()
    assert kind.validate_answer(sample.settings, sample.item, sample.turns, kind.decode_answer(b"{}"))


@every_kind
def test_what_is_shown_is_json_and_names_no_model(kind):
    sample = kind.sample()
    shown = msgspec.json.encode([kind.settings_shown(sample.settings), kind.item_shown(sample.item)]).decode()
    assert '"model"' not in shown
    assert '"positions"' not in shown
    assert isinstance(kind.item_summary(sample.item), str)
    assert isinstance(kind.item_source(sample.item), dict)
    open_item = kind.open_item()
    assert open_item is None or kind.validate_item(open_item) == []


@every_kind
def test_agreement_is_perfect_with_oneself_and_less_with_another(kind):
    sample = kind.sample()
    same = kind.agreement(sample.settings, [[sample.answer, sample.answer]])
    other = kind.agreement(sample.settings, [[sample.answer, sample.changed_answer]])
    assert [measure.key for measure in same] == [measure.key for measure in other]
    assert len({measure.key for measure in same}) == len(same) > 0
    for alike, apart in zip(same, other, strict=True):
        assert alike.value == pytest.approx(1.0), alike.key
        assert apart.value < alike.value, apart.key
        assert alike.units > 0
        assert alike.pairs > 0
    alone = kind.agreement(sample.settings, [[sample.answer]])
    assert {(measure.value, measure.units, measure.pairs) for measure in alone} == {(None, 0, 0)}


@every_kind
def test_an_answer_that_is_its_own_key_is_right_and_another_is_less_so(kind):
    sample = kind.sample()
    said = kind.said(sample.settings, sample.answer)
    assert len({(one.name, one.about) for one in said}) == len(said) > 0
    right = kind.score_against(sample.settings, sample.answer, sample.answer)
    other = kind.score_against(sample.settings, sample.answer, sample.changed_answer)
    missing = kind.score_against(sample.settings, sample.answer, None)
    assert {one.name for one in right} == {one.name for one in said if one.likeness}
    assert all(one.score == pytest.approx(1.0) and one.judged > 0 for one in right), right
    assert all(0 <= one.score <= 1 for one in other)
    assert not right or min(one.score for one in other) < 1
    assert all(one.score == 0 for one in missing)
    assert [one.name for one in missing] == [one.name for one in right]


@every_kind
def test_a_key_is_checked_as_an_answer_is_and_may_leave_things_open(kind):
    sample = kind.sample()
    assert kind.key_problems(sample.settings, sample.item, sample.turns, sample.answer) == []
    empty = kind.decode_answer(b"{}")
    assert kind.key_problems(sample.settings, sample.item, sample.turns, empty)


@every_kind
def test_an_answer_gives_typed_content_that_can_be_encoded(kind):
    sample = kind.sample()
    rows = kind.content_rows(sample.settings, sample.item, sample.turns, sample.answer, PROVENANCE)
    assert rows
    for row in rows:
        assert isinstance(row, Content)
        assert msgspec.json.decode(msgspec.json.encode(row), type=type(row)) == row


@every_kind
def test_models_are_asked_as_often_as_the_form_says(kind):
    sample = kind.sample()
    positions = kind.positions(sample.settings, sample.item)
    given = kind.given_turn(sample.item)
    if given is not None:
        for position in positions:
            messages = kind.messages(sample.item, (), prompt=given.prompt, position=position)
            assert messages[-1].content == given.prompt


@every_kind
def test_content_of_a_type_a_kind_does_not_accept_is_refused(kind):
    class Strange(Content, frozen=True):
        pass

    with pytest.raises(TypeError):
        kind.item_from_content(Strange())
    if Conversation in kind.accepts and kind.takes(Conversation()):
        assert kind.validate_item(kind.item_from_content(Conversation())) == []


@every_kind
def test_checking_an_answer_takes_far_less_than_a_millisecond(kind):
    sample = kind.sample()
    raw = msgspec.json.encode(sample.answer)

    def check():
        answer = kind.decode_answer(raw)
        kind.validate_answer(sample.settings, sample.item, sample.turns, answer)
        kind.questions(sample.settings, sample.item, sample.turns, answer)

    assert min(repeat(check, number=20, repeat=10)) / 20 < 0.001


@every_kind
def test_a_kinds_name_appears_nowhere_outside_its_folder(kind):
    name = re.compile("[_-]".join(map(re.escape, kind.key.split("_"))), re.IGNORECASE)
    camel = "".join(part.capitalize() for part in kind.key.split("_"))
    found = [
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*")
        if path.suffix in {".py", ".html", ".ts", ".js", ".css", ".sql", ".json", ".mako"}
        and kind.folder not in path.parents
        and not {"static", "node_modules", "__pycache__"} & set(path.parts)
        and (name.search(text := path.read_text(encoding="utf-8")) or camel in text)
    ]
    assert found == []


@every_field
def test_a_fields_folder_is_named_only_by_kinds(one):
    importing = re.compile(rf"kinds[./]fields[./]{one.key}\b")
    found = [
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if HOUSE / "kinds" not in path.parents and importing.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@every_field
def test_a_fields_settings_are_valid_and_survive_json(one):
    for settings in (one.default_settings(), one.sample().settings):
        assert one.validate_settings(settings) == []
        raw = msgspec.json.encode(settings)
        assert msgspec.json.decode(raw, type=one.settings_type) == settings
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(msgspec.json.decode(raw) | {"no_such_field": 1}, one.settings_type)


@every_field
def test_a_fields_sample_is_right_and_it_can_disagree(one):
    sample = one.sample()
    for value in (sample.value, sample.changed):
        assert msgspec.convert(msgspec.to_builtins(value), one.value_type) == value
        assert one.validate(sample.settings, value, options=sample.options) == []
        assert one.questions(sample.settings, value) == []
    # Two things judged, or a coefficient that corrects for chance has nothing to go by.
    same = one.agreement(sample.settings, [[sample.value, sample.value], [sample.changed, sample.changed]])
    other = one.agreement(sample.settings, [[sample.value, sample.changed], [sample.changed, sample.changed]])
    assert same.value == pytest.approx(1.0)
    assert other.value < same.value
    assert (same.units, same.pairs) == (2, 2)
    nothing = one.agreement(sample.settings, [[sample.value], []])
    assert (nothing.value, nothing.units, nothing.pairs) == (None, 0, 0)
    if not one.is_prose:
        assert one.likeness(sample.settings, sample.value, sample.value) == pytest.approx(1.0)
        assert 0 <= one.likeness(sample.settings, sample.value, sample.changed) < 1
