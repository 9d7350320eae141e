"""The pages about people beside one another: each reader is led to those that they may open."""

from preceptor.lib.i18n import LazyText, _
from preceptor.people import Actor, Permission

Tab = tuple[str, LazyText, str]
"""Its key, what it is called and its address."""

TABS: tuple[tuple[Tab, Permission], ...] = (
    (("people", _("People"), "/people"), Permission.PERSON_READ),
    (("teams", _("Teams"), "/people/teams"), Permission.PERSON_READ),
    (("certifications", _("Certifications"), "/people/certifications"), Permission.CERTIFICATION_READ),
    (("clients", _("Client organisations"), "/people/clients"), Permission.CLIENT_CREATE),
)


def people_tabs(actor: Actor) -> list[Tab]:
    """The pages about people that somebody may open."""
    return [tab for tab, permission in TABS if actor.may(permission)]
