import pytest

from preceptor.kinds.labels import Worded, label_in, label_problems
from preceptor.lib.i18n import _, speaking

BOTH = {"en": "Spelling", "es": "Ortografía"}


@pytest.mark.parametrize(
    ("labels", "language", "words"),
    [
        (BOTH, "es", "Ortografía"),
        (BOTH, "es-AR", "Ortografía"),
        (BOTH, "es_AR", "Ortografía"),
        (BOTH, "ca", "Spelling"),
        ({"ca": "Ortografia"}, "es", "Ortografia"),
        ({"es": "", "en": "Spelling"}, "es", "Spelling"),
        ({}, "es", ""),
    ],
)
def test_a_label_falls_back(labels, language, words):
    assert label_in(labels, language) == words


def test_a_label_inside_a_sentence_speaks_the_readers_language():
    text = _("Error: {label}").format(label=Worded(BOTH))
    assert text.render("es").endswith("Ortografía")
    with speaking("en"):
        assert str(text).endswith("Spelling")


def test_labels_are_checked():
    assert list(label_problems(BOTH, path="label")) == []
    assert [p.path for p in label_problems({}, path="label")] == ["label"]
    bad = {"en": " ", "es": "x" * 121, "fr": "a\0"}
    assert [p.path for p in label_problems(bad, path="label")] == ["label.en", "label.es", "label.fr"]
