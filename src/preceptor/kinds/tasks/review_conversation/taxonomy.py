"""The categories and the private data a new project starts from; managers change them per project."""

from __future__ import annotations

import msgspec

from preceptor.kinds.fields.spans.field import SpanLabel
from preceptor.kinds.labels import Labels
from preceptor.kinds.triage import Severity


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of problem.

    Attributes:
        key: what is stored and released; small letters, digits and underscores.
        label: what people read, per language.
        shortcut: one small letter that ticks it, and marks words as it; None for none.
        severity: how much it usually weighs; what is reported as it goes into the queue by that.
        sensitive: it may be hard to bear.
    """

    key: str
    label: Labels
    shortcut: str | None = None
    severity: Severity = "medium"
    sensitive: bool = False


DEFAULT_CATEGORIES: tuple[Category, ...] = (
    Category("illegal", {"en": "Illegal", "es": "Ilegal"}, "i", "critical", sensitive=True),
    Category("private", {"en": "Private", "es": "Privado"}, "y", "high"),
    Category("offensive", {"en": "Offensive", "es": "Ofensivo"}, "o", "high", sensitive=True),
    Category("errors", {"en": "Full of errors", "es": "Lleno de errores"}, "e", "medium"),
    Category("other", {"en": "Something else", "es": "Otra cosa"}, "x", "low"),
)

DEFAULT_PRIVATE: tuple[SpanLabel, ...] = (
    SpanLabel("name", {"en": "Name", "es": "Nombre"}, "n"),
    SpanLabel("address", {"en": "Address", "es": "Dirección"}, "a"),
    SpanLabel("email", {"en": "E-mail", "es": "Correo"}, "m"),
    SpanLabel("phone", {"en": "Phone", "es": "Teléfono"}, "t"),
    SpanLabel("card", {"en": "Card", "es": "Tarjeta"}, "d"),
    SpanLabel("iban", {"en": "Bank account", "es": "Cuenta bancaria"}, "b"),
    SpanLabel("ip_address", {"en": "IP address", "es": "Dirección IP"}, "r"),
    SpanLabel("credentials", {"en": "Password or key", "es": "Contraseña o clave"}, "s"),
    SpanLabel("private_data", {"en": "Other private data", "es": "Otro dato privado"}, "z"),
)
