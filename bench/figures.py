"""What is measured, the bars, and where the figures are kept."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

BUILD = Path(__file__).parent.parent / "build"
TARGET = BUILD / "bench.json"


class Bar(NamedTuple):
    """What a figure must reach, in words and as a test; `unit` is its unit."""

    unit: str
    words: str | None = None
    holds: Callable[[float], bool] | None = None


BARS: dict[str, Bar] = {
    "raw_loops": Bar("loops/s"),
    "loops": Bar("loops/s"),
    "loops_ratio": Bar("of raw", ">= 0.25", lambda value: value >= 0.25),
    "raw_drafts": Bar("drafts/s"),
    "drafts": Bar("drafts/s"),
    "drafts_ratio": Bar("of raw", ">= 0.4", lambda value: value >= 0.4),
    "claim_growth": Bar("times", "<= 1.3", lambda value: value <= 1.3),
    "claim_growth_done": Bar("times", "<= 1.3", lambda value: value <= 1.3),
    "claim_growth_own": Bar("times", "<= 1.3", lambda value: value <= 1.3),
    "claim_growth_snapshot": Bar("times", "<= 1.3", lambda value: value <= 1.3),
    "statements_per_loop": Bar("statements", "<= 20", lambda value: value <= 20),
    "memory_mb": Bar("MB", "<= 400", lambda value: value <= 400),
    "import_raw_rows": Bar("rows/s"),
    "import_rows": Bar("rows/s"),
    "import_ratio": Bar("of COPY", ">= 0.05", lambda value: value >= 0.05),
    "import_memory_growth": Bar("times", "<= 1.2", lambda value: value <= 1.2),
    "export_raw_rows": Bar("rows/s"),
    "export_rows": Bar("rows/s"),
    "export_ratio": Bar("of COPY", ">= 0.1", lambda value: value >= 0.1),
    "export_memory_growth": Bar("times", "<= 1.2", lambda value: value <= 1.2),
    "picture_interaction_ms": Bar("ms", "<= 100", lambda value: value <= 100),
    "picture_interaction_longest_ms": Bar("ms"),
    "picture_frame_ms": Bar("ms"),
    "lost": Bar("requests and drafts", "= 0", lambda value: value == 0),
    "over_collected": Bar("items", "= 0", lambda value: value == 0),
}


def say(text: str) -> None:
    """Print a line with the time of day."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def keep(figures: dict[str, float]) -> bool:
    """Print figures beside their bars, put them into the file beside those kept before; True when all bars hold."""
    BUILD.mkdir(exist_ok=True)
    kept = {row["name"]: row for row in json.loads(TARGET.read_text())} if TARGET.exists() else {}
    fine = True
    for name, value in figures.items():
        bar = BARS[name]
        holds = bar.holds(value) if bar.holds else None
        fine = fine and holds is not False
        kept[name] = {"name": name, "value": round(value, 4), "unit": bar.unit, "bar": bar.words, "holds": holds}
        mark = "" if holds is None else ("  holds" if holds else "  DOES NOT HOLD")
        print(f"  {name:<24} {value:>12,.3f} {bar.unit:<20} {bar.words or '':<9}{mark}")
    TARGET.write_text(json.dumps([kept[name] for name in BARS if name in kept], indent=1) + "\n")
    return fine
