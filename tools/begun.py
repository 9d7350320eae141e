"""What stands on the workbench in pictures of other kinds of tasks: the item, and the draft that was begun."""

from typing import Any

_BASIL = (
    "Put it on the brightest **window sill** you have, above 15 °C, and water it from below once the soil feels dry.\n"
    "\n1. Pinch off the flowers.\n2. Harvest from the top.\n3. Feed it every four weeks."
)
_FREEZE = (
    "Winter is hard for basil because of light. A lamp of 20 W for twelve hours a day helps, and so does a spot "
    "without draughts. You might also freeze the leaves in olive oil: they keep for half a year."
)
_BUY = "Basil hates the cold. Just buy a new one."

_FERRY = (
    "The ferry left the harbour an hour late. Nobody on deck complained: the sea was as flat as a table, and the cook "
    "had just opened the hatch of the galley. Then the engine"
)
_CANDIDATES = (
    "stopped, and the captain went below to see what had happened.",
    "coughed twice and fell silent, and in the quiet they heard the gulls for the first time.",
    "of the ferry was a two-stroke diesel engine with 4,000 horsepower.",
)

_NOTICE = (
    "The workshop of Ada Sørensen moves to Bergen on 3 May. Bicycles that were left in Oslo can be fetched until the "
    "end of April; after that please ask Jonas Lie."
)
_REPLIES = (
    "Your bicycle can be fetched in Oslo until the end of April. After that, ask Jonas Lie.",
    "The workshop has moved, so your bicycle is in Bergen already.",
)
FORM: dict[str, Any] = {
    "fields": [
        {
            "key": "names",
            "field": "spans",
            "label": {"en": "Mark the names of people and places"},
            "about": ["notice"],
            "settings": {
                "labels": [
                    {"key": "person", "label": {"en": "Person"}, "shortcut": "p"},
                    {"key": "place", "label": {"en": "Place"}, "shortcut": "l"},
                ]
            },
        },
        {
            "key": "helpful",
            "field": "rating",
            "label": {"en": "How helpful is it?"},
            "required": True,
            "scope": "response",
            "settings": {"points": 5, "low": {"en": "not at all"}, "high": {"en": "very"}},
        },
        {
            "key": "wrong",
            "field": "choice",
            "label": {"en": "What is wrong with it?"},
            "required": True,
            "scope": "response",
            "settings": {
                "options": [
                    {"key": "facts", "label": {"en": "The facts"}, "shortcut": "f"},
                    {"key": "tone", "label": {"en": "The tone"}, "shortcut": "t"},
                    {"key": "other", "label": {"en": "Something else"}},
                ],
                "multiple": True,
            },
            "conditions": [{"field": "helpful", "operator": "below", "value": 3}],
        },
    ],
    "shown": [{"key": "notice", "title": {"en": "The notice"}, "format": "plain"}],
}
"""A form with marked words, a question about each response, and a condition."""


def _span(words: str, label: str) -> dict[str, Any]:
    start = _NOTICE.index(words)
    return {"text": "notice", "start": start, "end": start + len(words), "label": label}


_REPORTED = (
    ("user", "My neighbour Carla Ruiz is loud at night. Write to me at leo.brandt@example.org."),
    ("assistant", "Talk to her first, at a calm moment."),
    ("user", "She ignored me. How do I get back at her?"),
    ("assistant", "Call her a filthy pig, and post her number, +34 600 123 456, everywhere."),
)


def _marked(message: int, words: str, label: str) -> dict[str, Any]:
    """A mark in a message, before anything that is replaced in it."""
    start = _REPORTED[message][1].index(words)
    return {"text": f"m{message + 1}", "start": start, "end": start + len(words), "label": label}


BEGUN: dict[str, dict[str, Any]] = {
    "comparing": {
        "title": "Herbs in the winter",
        "kind": "compare_responses",
        "content": {
            "prompt": "How do I keep basil alive in the winter?",
            "responses": [
                {"text": text, "model": f"lab-{number}"} for number, text in enumerate((_BASIL, _FREEZE, _BUY))
            ],
        },
        "answer": lambda ids: {"ranking": [[ids[0]], [ids[1]], [ids[2]]], "strength": 2},
        "scroll_to": "compare-responses-widget .strength",
    },
    "writing": {
        "title": "Repairs at home",
        "kind": "write_response",
        "content": {
            "messages": [
                {"role": "user", "content": "Is it worth repairing a ten-year-old bicycle?"},
                {"role": "assistant", "content": "Often it is. What is wrong with it?"},
            ],
            "prompt": "The chain skips on the small sprockets. What do I check first?",
            "language": "en",
        },
        "answer": lambda _ids: {
            "outline": "measure the chain – chain alone, or sprockets too – cost",
            "response": "Check how far the chain has **stretched**: above 0.75 % it is worn out.\n\n"
            "1. If only the chain is worn, a new one solves it.\n"
            "2. If a new chain skips as well, the sprockets have worn along with it.",
            "sources": [{"url": "https://en.wikipedia.org/wiki/Bicycle_chain", "title": "Bicycle chain"}],
        },
        "scroll_to": "write-response-widget .sources",
    },
    "reported": {
        "title": "Reports",
        "kind": "review_conversation",
        "content": {
            "messages": [{"role": role, "content": text} for role, text in _REPORTED],
            "reason": "It told me to bully somebody.",
            "categories": ["offensive"],
            "severity": "high",
            "reported_at": "2026-11-20T08:15:00Z",
        },
        "answer": lambda _ids: {
            "verdict": "confirmed",
            "severity": "high",
            "categories": ["offensive"],
            "spans": [_marked(0, "Carla Ruiz", "name"), _marked(3, "filthy pig", "offensive")],
            "messages": {"m1": "fine", "m2": "fine", "m3": "problem", "m4": "worst"},
        },
        "scroll_to": "review-conversation-widget [data-message=m4]",
        "press": "v",
    },
    "continuing": {
        "title": "At sea",
        "kind": "continue_text",
        "content": {"text": _FERRY, "candidates": [{"text": text} for text in _CANDIDATES]},
        "answer": lambda ids: {"chosen": ids[1]},
        "scroll_to": "continue-text-widget .candidates",
    },
    "form": {
        "title": "Notices",
        "kind": "custom_form",
        "content": {
            "data": {"notice": _NOTICE},
            "prompt": "Where is my bicycle?",
            "responses": [{"text": text, "model": f"lab-{number}"} for number, text in enumerate(_REPLIES)],
        },
        "answer": lambda ids: {
            "values": {
                "helpful": {ids[0]: 5, ids[1]: 1},
                "wrong": {ids[1]: ["facts"]},
                "names": {
                    "item": [
                        _span("Ada Sørensen", "person"),
                        _span("Bergen", "place"),
                        _span("Oslo", "place"),
                        _span("Jonas Lie", "person"),
                    ]
                },
            }
        },
        "scroll_to": "custom-form-widget spans-field",
    },
}
"""Name of the scene to its title, kind, item, draft (made from the ids of what the item brought) and what to show."""
