"""How the states of answers and the verdicts on them look."""

ANSWER_TONES = {
    "submitted": "accent",
    "accepted": "good",
    "returned": "warn",
    "rejected": "bad",
    "reported": "warn",
    "surplus": "warn",
}
"""Tones of pills, by the state of an assignment."""

VERDICT_TONES = {"accept": "good", "correct": "good", "return": "warn", "reject": "bad"}
"""Tones of pills, by verdict."""
