"""Every link inside the documentation leads somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.conftest import DOCS, ROOT, documents

MARKDOWN = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"<(?:img|source)\b[^>]*\b(?:src|srcset)=\"([^\"]+)\"")
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))


def targets_in(text: str) -> list[str]:
    """Where links and pictures of a page lead."""
    plain = without_code(text)
    return MARKDOWN.findall(plain) + PICTURE.findall(plain)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from the words."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")
        found.add(plain)
    return found


def has_anchor(file: Path, anchor: str) -> bool:
    return not anchor or file.suffix != ".md" or anchor in anchors(file.read_text(encoding="utf-8"))


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", sorted(documents()))
def test_links_lead_somewhere(name):
    page = ROOT / name
    broken = []
    for target in targets_in(documents()[name]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or ROOT not in [file, *file.parents] or not has_anchor(file, anchor):
            broken.append(target)
    assert not broken, broken


def test_every_page_is_reached():
    """From the documentation's first page one gets to all the others."""
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        targets = [target.split("#")[0] for target in targets_in(page.read_text(encoding="utf-8"))]
        waiting += [(page.parent / path).resolve() for path in targets if path.endswith(".md") and ":" not in path]
    missing = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path not in reached)
    assert not missing, f"no link leads to {missing}"


def test_decisions_are_numbered_and_listed():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for number, path in enumerate(DECISIONS, 1):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix(f"# {number}. ")
        assert f"{number}. [{title}]({path.name})" in index, f"decisions/README.md: {number}. [{title}]({path.name})"


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decisions_show_where(path):
    text = path.read_text(encoding="utf-8")
    last = re.findall(r"^## (.+)$", text, re.MULTILINE)[-1]
    assert last == "Where it shows"
    shown = targets_in(text.split("## Where it shows")[1])
    assert shown, "name the files that show it"
    missing = [target for target in shown if not (path.parent / target).resolve().is_file()]
    assert not missing, missing
    assert len(text.splitlines()) <= 80, "one page"


def test_files_named_are_tracked():
    """A link to a file that git ignores works here and nowhere else."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = set(listed.stdout.splitlines())
    lost = []
    for name, text in documents().items():
        for target in targets_in(text):
            path = target.split("#")[0]
            if not path or re.match(r"[a-z]+:", path):
                continue
            file = ((ROOT / name).parent / path).resolve()
            if file.is_file() and file.relative_to(ROOT).as_posix() not in tracked:
                lost.append(f"{name}: {path}")
    assert not lost, lost
