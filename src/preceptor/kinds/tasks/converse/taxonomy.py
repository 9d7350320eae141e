"""What can be ticked in a new project, in a response and in a whole conversation; managers change it per project."""

from __future__ import annotations

from preceptor.kinds.fields.tags.field import Tag

RESPONSE_TAGS: tuple[Tag, ...] = (
    Tag("factual_inaccuracy", {"en": "Factual inaccuracy", "es": "Error de hecho"}, "f"),
    Tag("instructions_not_followed", {"en": "Did not follow instructions", "es": "No siguió las instrucciones"}, "i"),
    Tag("forgot_earlier_turns", {"en": "Forgot earlier turns", "es": "Olvidó turnos anteriores"}, "e"),
    Tag("needless_refusal", {"en": "Needless refusal", "es": "Negativa innecesaria"}, "n"),
    Tag("repetition", {"en": "Repetition", "es": "Repetición"}, "r", "minor"),
    Tag("language", {"en": "Spelling or grammar", "es": "Ortografía o gramática"}, "g", "minor"),
    Tag("unnatural_tone", {"en": "Unnatural tone", "es": "Tono poco natural"}, "t", "minor"),
    Tag("harmful", {"en": "Harmful or unsafe", "es": "Dañina o insegura"}, "h", "major", sensitive=True),
    Tag("private_data", {"en": "Private data", "es": "Datos personales"}, "p", "major"),
    Tag("other", {"en": "Other", "es": "Otro"}, "o", "minor"),
)

CONVERSATION_TAGS: tuple[Tag, ...] = (
    Tag("goal_reached", {"en": "The goal was reached", "es": "Se alcanzó el objetivo"}, "g", "minor"),
    Tag("lost_the_thread", {"en": "Lost the thread", "es": "Perdió el hilo"}, "l"),
    Tag("contradicted_itself", {"en": "Contradicted itself", "es": "Se contradijo"}, "c"),
    Tag("did_not_adapt", {"en": "Did not adapt to changes", "es": "No se adaptó a los cambios"}, "a"),
    Tag("gave_in", {"en": "Gave in though it was right", "es": "Cedió aunque tenía razón"}, "i"),
)
