"""What stands around every page: the menu, the person, the languages."""

import msgspec

from preceptor.lib.i18n import LazyText, catalogues, current_language, language_name
from preceptor.lib.i18n import _ as text
from preceptor.lib.web import Request
from preceptor.people import Actor, Permission, Role


class MenuEntry(msgspec.Struct, frozen=True):
    """A link in the bar at the top, for whoever holds one of the permissions or, with `paid`, earns."""

    key: str
    label: LazyText
    path: str
    permissions: frozenset[Permission]
    paid: bool = False


LEFT = (
    ("cases", text("Decisions"), "/account/cases"),
    ("earnings", text("Earnings"), "/earnings"),
    ("payout", text("How you are paid"), "/account/payout"),
    ("data", text("Your data"), "/account/data"),
)
"""What somebody who was removed still has."""

MENU = (
    MenuEntry("work", text("Work"), "/work", frozenset({Permission.WORK_DO})),
    MenuEntry("mine", text("My work"), "/my-work", frozenset({Permission.WORK_DO})),
    MenuEntry("teams", text("Teams"), "/teams", frozenset({Permission.WORK_DO})),
    MenuEntry("certifications", text("Certifications"), "/certifications", frozenset({Permission.WORK_DO})),
    MenuEntry("earnings", text("Earnings"), "/earnings", frozenset({Permission.WORK_DO})),
    MenuEntry("engagements", text("Engagements"), "/engagements", frozenset({Permission.WORK_DO})),
    MenuEntry("projects", text("Projects"), "/projects", frozenset({Permission.PROJECT_READ})),
    MenuEntry("client", text("Projects"), "/client", frozenset({Permission.PROJECT_READ_OWN})),
    MenuEntry("reviews", text("Reviews"), "/reviews", frozenset({Permission.REVIEW_READ})),
    MenuEntry("earnings", text("Earnings"), "/earnings", frozenset({Permission.REVIEW_DECIDE}), paid=True),
    MenuEntry("claims", text("Claims"), "/claims", frozenset({Permission.CLAIM_DECIDE})),
    MenuEntry("people", text("People"), "/people", frozenset({Permission.PERSON_READ})),
    MenuEntry("hiring", text("Hiring"), "/hiring", frozenset({Permission.OFFER_WRITE})),
    MenuEntry("cases", text("Cases"), "/cases", frozenset({Permission.CASE_READ})),
    MenuEntry("announcements", text("Announcements"), "/announcements", frozenset({Permission.ANNOUNCEMENT_WRITE})),
    MenuEntry("invoices", text("Invoices"), "/invoices", frozenset({Permission.INVOICE_READ})),
    MenuEntry("payouts", text("Payouts"), "/payouts", frozenset({Permission.PAY_READ})),
    MenuEntry("figures", text("Figures"), "/figures", frozenset({Permission.FIGURE_READ})),
    MenuEntry("floors", text("Floors"), "/floors", frozenset({Permission.FLOOR_WRITE})),
    MenuEntry("models", text("Models"), "/models", frozenset({Permission.MODEL_WRITE})),
    MenuEntry("providers", text("Sign-in"), "/providers", frozenset({Permission.PROVIDER_WRITE})),
    MenuEntry("events", text("Events"), "/events", frozenset({Permission.EVENT_READ})),
)


class Shell(msgspec.Struct, frozen=True):
    """The frame of a page."""

    actor: Actor | None
    menu: list[tuple[str, str, str]]
    current: str
    languages: list[tuple[str, str]]
    language: str
    theme: str
    demo: bool


def make_shell(request: Request[Actor]) -> Shell:
    """The frame for this request."""
    actor: Actor | None = request.scope.get("user")
    entries = [
        entry
        for entry in MENU
        if actor is not None and (entry.permissions & actor.permissions or (entry.paid and actor.is_paid))
    ]
    path = request.url.path
    # What several permissions lead to stands where the first of them puts it.
    menu = list({entry.path: (entry.key, str(entry.label), entry.path) for entry in entries}.values())
    if actor is not None and actor.removed:
        menu = [*menu[:1], *((key, str(label), where) for key, label, where in LEFT)]  # a day of work to hand in
    current = next((key for key, _label, where in menu if path == where or path.startswith(f"{where}/")), "")
    theme = request.cookies.get("theme", "")
    return Shell(
        actor=actor,
        menu=menu,
        current=current,
        languages=[(code, language_name(code)) for code in catalogues.languages()],
        language=current_language(),
        theme=theme if theme in {"light", "dark"} else "",
        demo=request.settings.demo,
    )


def home_path(actor: Actor) -> str:
    """Where a person lands after signing in: the first place of their role."""
    first: dict[Role, str] = {
        Role.TRAINER: "/work",
        Role.REVIEWER: "/reviews",
        Role.MANAGER: "/projects",
        Role.CLIENT: "/client",
        Role.OPERATOR: "/models",
        Role.REPRESENTATIVE: "/figures",
    }
    if actor.removed:
        return "/account/cases"
    return next((path for role, path in first.items() if role in actor.roles), "/account")
