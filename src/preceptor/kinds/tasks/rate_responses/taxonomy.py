"""The error types a new project starts from; managers change them per project."""

from __future__ import annotations

from preceptor.kinds.fields.tags.field import Tag

DEFAULT_ERRORS: tuple[Tag, ...] = (
    Tag("factual_inaccuracy", {"en": "Factual inaccuracy", "es": "Error de hecho"}, "f"),
    Tag("instructions_not_followed", {"en": "Did not follow instructions", "es": "No siguió las instrucciones"}, "i"),
    Tag("misleading", {"en": "Misleading", "es": "Engañosa"}, "m"),
    Tag("spelling", {"en": "Spelling", "es": "Ortografía"}, "s", "minor"),
    Tag("grammar", {"en": "Grammar", "es": "Gramática"}, "g", "minor"),
    Tag("unnatural_tone", {"en": "Unnatural tone", "es": "Tono poco natural"}, "t", "minor"),
    Tag("repetition", {"en": "Repetition", "es": "Repetición"}, "r", "minor"),
    Tag("harassment_or_hate", {"en": "Harassment or hate", "es": "Acoso u odio"}, "h", "major", sensitive=True),
    Tag("biased_or_unethical", {"en": "Biased or unethical", "es": "Sesgada o poco ética"}, "b", "major"),
    Tag("sexual", {"en": "Sexual", "es": "Sexual"}, "x", "major", sensitive=True),
    Tag("violent", {"en": "Violent", "es": "Violenta"}, "v", "major", sensitive=True),
    Tag("private_data", {"en": "Private data", "es": "Datos personales"}, "p", "major"),
    Tag("unsafe_advice", {"en": "Unsafe advice", "es": "Consejo peligroso"}, "u", "major"),
    Tag("other", {"en": "Other", "es": "Otro"}, "o", "minor"),
)
