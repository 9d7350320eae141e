"""Texts in TypeScript are found for translation, and translated when shown."""

import importlib.util
import io
import json
import re

import pytest

from .conftest import ROOT, Mock, PageOpener

SOURCES = sorted((ROOT / "src" / "preceptor").rglob("*.ts"))
CALLS = re.compile(r"(?<![\w.$#])tn?\(")


def extract(text: str) -> list[str]:
    spec = importlib.util.spec_from_file_location("extract", ROOT / "frontend" / "extract.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.extract(io.BytesIO(text.encode()), None, None, None)
    return [message if isinstance(message, str) else message[0] for _line, _function, message, _comments in found]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_call_has_its_text_written_out(path):
    text = path.read_text()
    code = (
        "\n".join("" if line.strip().startswith(("*", "/*", "//")) else line for line in text.splitlines())
        .replace("export function t(", "")
        .replace("export function tn(", "")
    )
    assert len(extract(code)) == len(CALLS.findall(code))


def test_messages_with_values_inside_templates_are_found():
    assert extract(
        'html`<b>${t("Turn {n}", { n: 1 })}</b>${x ? tn("{count} word", "{count} words", 2) : t("none")}`'
    ) == [
        "Turn {n}",
        "{count} word",
        "none",
    ]


@pytest.mark.browser
def test_the_manifest_names_the_texts_that_scripts_may_need(mock: Mock):
    manifest = json.loads((ROOT / "src/preceptor/static/manifest.json").read_text())
    assert "Ideal response" in manifest["messages"]
    assert manifest["messages"] == sorted(set(manifest["messages"]))
    assert mock


@pytest.mark.browser
def test_texts_are_shown_in_the_pages_language(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    shown = page.evaluate(
        """async () => {
            const { t, tn, useCatalogue } = await import("@preceptor/ui");
            useCatalogue({ "Turn {n}": "Turno {n}", "{count} word": ["{count} palabra", "{count} palabras"] });
            return [t("Turn {n}", { n: 2 }), tn("{count} word", "{count} words", 1), tn("{count} word", "{count} words", 3), t("Not there")];
        }"""
    )
    assert shown == ["Turno 2", "1 palabra", "3 palabras", "Not there"]
