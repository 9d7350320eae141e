"""Trees that people elsewhere made: kept whole in their item, and released as they came in."""

from __future__ import annotations

from collections.abc import Iterator

from preceptor.kinds.content import Candidate, Content, JudgedResponses, Preference, Provenance
from preceptor.kinds.fields.ranking.field import ranks_in, strict_pairs
from preceptor.kinds.given import Comparison
from preceptor.kinds.trees import ConversationTree


def tree_rows(tree: ConversationTree, provenance: Provenance) -> Iterator[Content]:
    """The tree itself, and a judgement for each group of replies that were ranked in it."""
    yield tree
    for comparison in tree.comparisons():
        yield _judgement(comparison, provenance)


def _judgement(comparison: Comparison, provenance: Provenance) -> JudgedResponses:
    ids = [str(response.source["message_id"]) for response in comparison.responses]
    texts = dict(zip(ids, (response.text for response in comparison.responses), strict=True))
    groups = tuple(tuple(ids[index] for index in group) for group in comparison.ranking)
    ranks = ranks_in(groups)
    turns = sum(message.role == "user" for message in comparison.prompt)
    return JudgedResponses(
        prompt=comparison.prompt,
        candidates=tuple(
            Candidate(response_id=key, text=response.text, model=response.model, rank=ranks.get(key))
            for key, response in zip(ids, comparison.responses, strict=True)
        ),
        provenance=provenance,
        preferences=tuple(
            Preference(texts[pair.better], texts[pair.worse], pair.better, pair.worse, pair.margin)
            for pair in strict_pairs(groups)
        ),
        turn=turns,
        turns=turns,
    )
