"""Writes `requirements/constraints.txt`: the versions, in this environment, of all that Preceptor needs.

Run it where everything is installed that `make test` installs, after the tests have passed.
"""

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TARGET = Path(__file__).resolve().parent.parent / "requirements" / "constraints.txt"
ROOT = Requirement("preceptor[dev,train]")
HEADER = "# The versions that were tested together. Written by `make constraints` from a tested environment.\n"


def closure(root: Requirement) -> dict[str, str]:
    """Names and versions of everything that `root` needs here, itself left out."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [root]
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            name = canonicalize_name(requirement.name)
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                found = distribution(name)
            except PackageNotFoundError:
                sys.exit(f"{name} is not installed here: run `make test` first.")
            # A local part (“+cpu”) names a build, not a version.
            versions[name] = found.version.partition("+")[0]
            for line in found.requires or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    versions.pop(canonicalize_name(root.name))
    return versions


def main() -> None:
    """Write the file."""
    versions = closure(ROOT)
    lines = [f"{name}=={version}" for name, version in sorted(versions.items()) if name != "setuptools"]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"{len(lines)} versions in {TARGET.name}")


if __name__ == "__main__":
    main()
