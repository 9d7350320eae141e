"""Who is in a demo: five to sign in as, a representative, and the people they work with."""

import msgspec

from preceptor.people import Place, Role

PASSWORD = "preceptor demo"  # noqa: S105 (well known, as the sign-in page of a demo says)
DOMAIN = "demo.example"


class Account(msgspec.Struct, frozen=True):
    """A demo account."""

    role: Role
    email: str
    name: str
    password: str = PASSWORD


class Colleague(msgspec.Struct, frozen=True):
    """Somebody of the demo whom nobody needs to sign in as: their address is `<key>@demo.example`."""

    key: str
    name: str
    place: Place

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.key}@{DOMAIN}"


ACCOUNTS = (
    Account(Role.TRAINER, "trainer@demo.example", "Tessa Lind"),
    Account(Role.REVIEWER, "reviewer@demo.example", "Ravi Menon"),
    Account(Role.MANAGER, "manager@demo.example", "Mara Novak"),
    Account(Role.CLIENT, "client@demo.example", "Carl Weber"),
    Account(Role.OPERATOR, "operator@demo.example", "Olga Petrova"),
    Account(Role.REPRESENTATIVE, "representative@demo.example", "Rosa Marín"),
)
TRAINER, REVIEWER, MANAGER, CLIENT, OPERATOR, REPRESENTATIVE = ACCOUNTS
COLLEAGUES = (
    Account(Role.TRAINER, "writer-one@demo.example", "Wendy Clarke"),
    Account(Role.TRAINER, "writer-two@demo.example", "Wim de Boer"),
)
SECOND_REVIEWER = Account(Role.REVIEWER, "second-reviewer@demo.example", "Ines Duarte")
SECOND_MANAGER = Account(Role.MANAGER, "second-manager@demo.example", "Nadia Haddad")

IRELAND, CATALONIA, SPAIN, USA = Place("IE"), Place("ES", "CT"), Place("ES"), Place("US")
CREW = (
    Colleague("aoife", "Aoife Brennan", IRELAND),
    Colleague("daniel", "Daniel Achebe", IRELAND),
    Colleague("grace", "Grace Nolan", IRELAND),
    Colleague("piotr", "Piotr Zieliński", IRELAND),
    Colleague("samira", "Samira Khan", IRELAND),
    Colleague("tom", "Tom Fennell", IRELAND),
)
"""They wrote the English answers of the autumn."""
