"""Stretches replaced by what they are: nothing of them stays, and all other places are found again."""

from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.redaction import Stretch, redact, replacement

TEXTS = st.text(alphabet="abc 😀é", max_size=40)
PLACES = st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["name", "email", "x"]))


def test_neighbours_stay_apart_and_what_overlaps_becomes_one():
    redacted = redact("Ana Ruiz, ana@x.org", [Stretch(0, 3, "name"), Stretch(4, 8, "name"), Stretch(10, 19, "email")])
    assert redacted.text == "[NAME] [NAME], [EMAIL]"
    redacted = redact("Ana Ruiz, ana@x.org", [Stretch(0, 8, "name"), Stretch(4, 12, "long"), Stretch(2, 3, "x")])
    assert redacted.text == "[NAME]a@x.org"
    assert redacted.before == (Stretch(0, 12, "name"),)


def test_places_move_with_the_text():
    redacted = redact("Dear Ana, you pig!", [Stretch(5, 8, "name")])
    assert redacted.text == "Dear [NAME], you pig!"
    assert redacted.moved(14, 17) == (17, 20)
    assert redacted.moved(0, 4) == (0, 4)
    assert redacted.moved(6, 7) == redacted.moved(5, 8) == (5, 11)
    assert redacted.moved(0, 6) == (0, 11)
    assert redacted.moved(7, 18) == (5, 21)
    assert redacted.moved(8, 18) == (11, 21)


@given(TEXTS, st.lists(PLACES, max_size=6))
def test_whatever_is_not_replaced_is_found_again_and_nothing_else_stays(text, places):
    stretches = [Stretch(start, end, label) for start, end, label in places]
    redacted = redact(text, stretches)
    covered = {at for one in stretches for at in range(one.start, min(one.end, len(text)))}
    kept = [at for at in range(len(text)) if at not in covered]
    for at in kept:
        start, end = redacted.moved(at, at + 1)
        assert redacted.text[start:end] == text[at]
    assert len(redacted.text) == len(kept) + sum(len(replacement(one.label)) for one in redacted.before)
    for before, after in zip(redacted.before, redacted.after, strict=True):
        assert redacted.text[after.start : after.end] == replacement(before.label)
        assert redacted.moved(before.start, before.end) == (after.start, after.end)


@given(TEXTS, st.lists(PLACES, max_size=6), st.integers(0, 40), st.integers(0, 40))
def test_a_moved_stretch_is_within_the_text(text, places, one, other):
    redacted = redact(text, [Stretch(start, end, label) for start, end, label in places])
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    if start == end:
        return
    moved = redacted.moved(start, end)
    assert 0 <= moved[0] < moved[1] <= len(redacted.text)
