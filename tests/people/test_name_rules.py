"""Names in texts: found where they were marked, replaced there and nowhere else, however often."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preceptor.people.rules.names import NameSpan, found_names, marked, renamed, with_address

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
names = words.filter(bool)
people = st.integers(1, 3).map(lambda number: UUID(int=number))
pieces = st.lists(st.tuples(words, people, names), max_size=6)


@given(pieces, words, people, names)
def test_a_name_is_replaced_where_it_was_marked_alone(pieces, tail, person, other):
    text, spans = found_names("".join(before + marked(who, name) for before, who, name in pieces) + tail)
    assert text == "".join(before + name for before, _who, name in pieces) + tail
    assert [(one.person, text[one.at : one.at + one.length]) for one in spans] == [(who, n) for _b, who, n in pieces]
    changed, moved = renamed(text, spans, person_id=person, name=other)
    assert changed == "".join(before + (other if who == person else name) for before, who, name in pieces) + tail
    assert renamed(changed, moved, person_id=person, name=other) == (changed, moved)
    for who, name in {(who, name) for _before, who, name in pieces if who != person}:
        assert any(one.person == who and changed[one.at : one.at + one.length] == name for one in moved)


def test_an_address_is_found_whole_and_beside_names():
    me, email = UUID(int=1), "the@example.org"
    text = "the (The@Example.org), bathe@example.org, the@example.org.uk; the@example.org."
    name = NameSpan(me, 0, 3)
    found = with_address(text, [name], me, email)
    assert [text[one.at : one.at + one.length] for one in found] == ["the", "The@Example.org", "the@example.org"]
    assert with_address(text, [NameSpan(me, 5, 15)], me, email)[0].at == 5, "what is a name already is none twice"
