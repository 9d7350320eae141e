"""`python -m bench [PART …]`; without a part, all of them."""

import sys

from bench import data, parts
from bench.claiming import claim
from bench.figures import TARGET, keep, say
from bench.pictures import pictures

PARTS = {
    "loop": parts.loop,
    "drafts": parts.drafts,
    "claim": claim,
    "memory": parts.memory,
    "pictures": pictures,
    "import": data.import_,
    "export": data.export,
}


def main() -> int:
    """Run the parts asked for; 1 where a bar does not hold."""
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        say(f"unknown part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    fine = True
    for name in wanted:
        say(name)
        fine = keep(PARTS[name]()) and fine
    say(f"kept in {TARGET}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
