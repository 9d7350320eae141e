"""Every word that a person reads passes gettext, and every language says all of it."""

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.house.conftest import PACKAGE, ROOT
from tests.house.wording import html_templates, untranslated_in_script, untranslated_in_template

TEMPLATES = [path for path in sorted(PACKAGE.rglob("*.html")) if PACKAGE / "static" not in path.parents]
SCRIPTS = [path for path in sorted(PACKAGE.rglob("*.ts")) if PACKAGE / "static" not in path.parents]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
STRAY_PERCENT = re.compile(r"%(?!\(\w+\)[sd])")


def told(path: Path, found: list[tuple[int, str]]) -> str:
    return "\n".join(f"{path.relative_to(PACKAGE)}:{line}: {text}" for line, text in found)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_templates_speak_through_gettext(path):
    found = list(untranslated_in_template(path))
    assert not found, told(path, found)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_scripts_speak_through_t(path):
    found = list(untranslated_in_script(path))
    assert not found, told(path, found)


def test_the_finder_finds(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(
        '{# a remark #}<p title="Help">{{ _("Fine") }} {% trans %}Fine too{% endtrans %}</p>\n'
        '<p aria-label="{{ _("Fine") }}">Not fine</p>{{ ui.button("Save it", kind="primary wide") }}<code>fine</code>\n'
    )
    assert sorted(untranslated_in_template(template)) == [(1, "Help"), (2, "Not fine"), (2, "Save it")]


def test_the_finder_finds_in_scripts(tmp_path):
    script = tmp_path / "part.ts"
    script.write_text(
        'const it = /`"/.test(x) ? html`<p>${t("Fine")} ${of.map((one) => html`<b title="Bad">${one}</b>`)}</p>\n'
        '  <i aria-label=${t("Fine")}>Worse</i>` : "Not a template";\n'
    )
    assert [text for _line, text in untranslated_in_script(script)] == ["Worse", "Bad"]
    assert len(html_templates(script.read_text())) == 2


CATALOGUES = sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_catalogues_are_whole(path):
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.parent.parent.name)
    missing, wrong = [], []
    for message in catalogue:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        targets = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.fuzzy or not all(targets):
            missing.append(sources[0])
            continue
        held = [set(PLACEHOLDER.findall(text)) for text in targets]
        if any(one - set(PLACEHOLDER.findall(sources[-1])) for one in held) or held[-1] != set(
            PLACEHOLDER.findall(sources[-1])
        ):
            wrong.append(sources[0])
    assert not missing, f"{len(missing)} untranslated, such as {missing[:5]}"
    assert not wrong, f"placeholders differ: {wrong[:5]}"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_translations_for_templates_double_their_percent_signs(path):
    """Templates fill every text in, so that “95 % de” asks for a number; what they say in English is checked there."""
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.parent.parent.name)
    stray = []
    for message in catalogue:
        if any(str(name).endswith(".html") for name, _line in message.locations):
            texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
            stray += [text for text in texts if STRAY_PERCENT.search(text.replace("%%", ""))]
    assert not stray, stray


@pytest.mark.parametrize("language", ["ca", "es"])
def test_catalogues_hold_every_text(language):
    """`make messages` has nothing to add and nothing to take away."""
    if not (PACKAGE / "locale" / language).exists():
        pytest.skip(f"no catalogue for “{language}” yet")
    tool = runpy.run_path(str(ROOT / "tools" / "messages.py"))
    domains = list(tool["domains"]())
    parts = [folder for name, folder in domains if folder != PACKAGE]
    stale = []
    for name, folder in domains:
        without = parts if folder == PACKAGE else []
        wanted = {_key(message) for message in tool["collect"](folder, without=without)}
        path = folder / "locale" / language / "LC_MESSAGES" / f"{name}.po"
        held = set()
        if path.exists():
            with path.open("rb") as stream:
                held = {_key(message) for message in read_po(stream, locale=language)}
        stale += [f"{name}: {text!r}" for text in sorted(wanted ^ held) if text]
    assert not stale, "run `make messages`:\n" + "\n".join(stale[:20])


def _key(message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id or ""
