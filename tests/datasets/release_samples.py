"""Content for the tests of releases: judged turns and their ideal responses, chosen by hand, at random or in bulk."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import strategies as st

from preceptor.datasets.writing.card import CardFacts, TaxonomyEntry
from preceptor.kinds.content import (
    Candidate,
    Demonstration,
    JudgedResponses,
    Message,
    Preference,
    Provenance,
    Sampling,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

FACTS = CardFacts(
    title="General chat",
    project="general-chat",
    number=3,
    created_at=NOON,
    licence="cc-by-4.0",
    languages=("en",),
    taxonomy=(TaxonomyEntry(key="spelling", label="Spelling", severity="minor"),),
)


def provenance(number=0, **changes):
    values = {
        "project": "general-chat",
        "kind": "rate_responses",
        "item_id": f"item-{number}",
        "submission_id": f"submission-{number}",
        "revision": 1,
        "trainer": f"trainer-{number % 5}",
        "guidelines_version": 4,
        "form_version": 2,
        "review": "accepted",
        "active_ms": 61_000,
        "idle_ms": 0,
        "waiting_ms": 1_700,
        "paused_ms": 0,
        "submitted_at": NOON + timedelta(seconds=number),
    }
    return Provenance(**values | changes)


def candidate(name, rating, rank, **changes):
    values = {
        "response_id": name,
        "text": f"What {name} says.",
        "model": "smollm2-135m",
        "sampling": Sampling(temperature=0.7, seed=11),
        "rating": rating,
        "rank": rank,
    }
    return Candidate(**values | changes)


def preferences_of(candidates):
    """All strict pairs, as the kind makes them."""
    return tuple(
        Preference(
            chosen=better.text,
            rejected=worse.text,
            chosen_id=better.response_id,
            rejected_id=worse.response_id,
            margin=float(worse.rank - better.rank),
        )
        for better, worse in permutations(candidates, 2)
        if better.rank is not None and worse.rank is not None and better.rank < worse.rank
    )


def judged(candidates, *, ideal="What a person says.", all_bad=False, number=0, prompt=None, **changes):
    candidates = tuple(candidates)
    values = {
        "prompt": prompt or (Message("user", f"Prompt {number}"),),
        "candidates": candidates,
        "provenance": provenance(number),
        "scale": 7,
        "all_bad": all_bad,
        "ideal": ideal,
        "preferences": () if all_bad else preferences_of(candidates),
        "ideal_preferences": tuple(
            Preference(chosen=ideal, rejected=one.text, chosen_id=None, rejected_id=one.response_id, margin=1.0)
            for one in candidates
            if ideal is not None and one.text != ideal
        ),
    }
    return JudgedResponses(**values | changes)


def four(number=0, **changes):
    """Four responses rated 7, 5, 5 and 2: five strict pairs, one good and one bad."""
    given = [(7, 1, ()), (5, 2, ()), (5, 2, ()), (2, 3, ("spelling", "repetition"))]
    candidates = [
        candidate(f"r{number}-{n}", rating, rank, errors=errors) for n, (rating, rank, errors) in enumerate(given)
    ]
    return judged(candidates, number=number, **changes)


def demonstration(content):
    return Demonstration(
        prompt=content.prompt, completion=content.ideal, provenance=content.provenance, started_from=content.ideal_start
    )


def submissions(count):
    """Each one a judged turn and its ideal response, in the order in which a release job hands them over."""
    for number in range(count):
        content = four(number)
        yield content
        yield demonstration(content)


# Everything that PostgreSQL can keep: no surrogates, no NUL.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
messages = st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=texts)
small = st.integers(0, 2**53)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
provenances = st.builds(
    Provenance,
    project=texts,
    kind=texts,
    item_id=texts,
    submission_id=texts,
    revision=small,
    trainer=texts,
    guidelines_version=small,
    form_version=small,
    review=texts,
    active_ms=small,
    idle_ms=small,
    waiting_ms=small,
    paused_ms=small,
    submitted_at=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    topic=st.none() | texts,
    source=st.dictionaries(texts, json_values, max_size=2),
)
samplings = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    max_tokens=st.none() | small,
    seed=st.none() | small,
)


@st.composite
def judgements(draw):
    """A judged turn with any texts, ratings and ties, and pairs that follow from the ranks."""
    count = draw(st.integers(2, 8))
    candidates = [
        Candidate(
            response_id=f"r{n}",
            text=draw(texts),
            model=draw(st.none() | texts),
            sampling=draw(samplings),
            rating=draw(st.none() | st.integers(1, 7)),
            errors=tuple(draw(st.lists(texts, max_size=3))),
            comment=draw(texts),
            rank=draw(st.integers(1, count)),
        )
        for n in range(count)
    ]
    return judged(
        candidates,
        prompt=(*draw(st.lists(messages, max_size=3)), Message("user", draw(texts))),
        ideal=draw(st.none() | texts),
        all_bad=draw(st.booleans()),
        provenance=draw(provenances),
    )
