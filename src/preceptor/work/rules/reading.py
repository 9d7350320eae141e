"""How long reading takes."""

SLOW_WORDS_PER_MINUTE = 100
"""A slow reader who looks things up; the workbench allows 200 words a minute before somebody counts as away."""
LEAST_MS = 60_000


def most_reading_ms(markdown: str) -> int:
    """The longest that reading a text may take, in milliseconds: at 100 words a minute, and a minute on top."""
    return LEAST_MS + round(len(markdown.split()) / SLOW_WORDS_PER_MINUTE * 60_000)
