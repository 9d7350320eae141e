"""Offers of a demo: writers in Catalan and Spanish, in two places each, with people who have applied."""

from datetime import timedelta
from uuid import UUID

import msgspec

from preceptor.hiring import Given, OfferFields, Terms
from preceptor.hiring.operations import accept_offer, add_offer, admit, apply_signed_in, publish_offer
from preceptor.hiring.queries import open_offer
from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.people import SYSTEM, Place, Role, Spoken
from preceptor.people.operations import add_person, add_team
from preceptor.people.queries import actor_by_email
from preceptor.projects import ProjectRules
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.queries import project_terms
from preceptor.work.operations.forecasting import write_forecasts
from preceptor.work.operations.items import add_open_items

ANSWERS = 200
"""Open answers of each project: enough work for the people its offers are for."""
CATALONIA, SPAIN, USA = Place("ES", "CT"), Place("ES"), Place("US")


class Language(msgspec.Struct, frozen=True):
    """What the demo says of one language, in that language."""

    tag: str
    team: str
    project: str
    brief: str
    guidelines: str
    title: str
    summary: str
    behind: str
    terms: str
    confidentiality: str
    rates: tuple[tuple[Place, int], ...]
    """Places, and cents of a dollar an hour."""


LANGUAGES = (
    Language(
        tag="ca",
        team="Writers CA",
        project="Conversa en català",
        brief="Conversa sobre qualsevol tema; avalua quatre respostes i escriu la millor.",
        guidelines="# Què és una bona resposta\n\nEscriu com ho faria una persona que en sap: clar, correcte i al gra.",
        title="Formador o formadora d’IA en català",
        summary="Parles amb un model de llengua, n’avalues quatre respostes i escrius la millor. Cal escriure molt "
        "bé en català; la formació és pagada.",
        behind="Un laboratori de models de llengua (el nom, en acceptar)",
        terms="- La paga és per hora, cada dues setmanes, segons el rellotge que veus en treballar.\n"
        "- Treballes quan vols; cap setmana no és obligatòria.\n- Es paga tot el temps demanat: feina, formació, guies "
        "i correccions.\n- Pots deixar-ho en qualsevol moment.",
        confidentiality="No publiquis les preguntes ni les respostes mentre el projecte sigui obert.",
        rates=((CATALONIA, 1700), (USA, 2500)),
    ),
    Language(
        tag="es",
        team="Writers ES",
        project="Conversación en español",
        brief="Conversa sobre cualquier tema; evalúa cuatro respuestas y escribe la mejor.",
        guidelines="# Qué es una buena respuesta\n\nEscribe como alguien que sabe: claro, correcto y al grano.",
        title="Formador o formadora de IA en español",
        summary="Conversas con un modelo de lenguaje, evalúas cuatro respuestas y escribes la mejor. Hay que escribir "
        "muy bien en español; la formación es pagada.",
        behind="Un laboratorio de modelos de lenguaje (el nombre, al aceptar)",
        terms="- Se paga por hora, cada dos semanas, según el reloj que ves al trabajar.\n"
        "- Trabajas cuando quieres; ninguna semana es obligatoria.\n- Se paga todo el tiempo pedido: trabajo, "
        "formación, guías y correcciones.\n- Puedes dejarlo en cualquier momento.",
        confidentiality="No publiques las preguntas ni las respuestas mientras el proyecto esté abierto.",
        rates=((SPAIN, 1850), (USA, 2500)),
    ),
)
APPLICANTS = (
    ("nuria@demo.example", "Núria Puig", Spoken("ca", 5), CATALONIA, "Sóc correctora des de fa deu anys."),
    ("pau@demo.example", "Pau Soler", Spoken("ca", 3), CATALONIA, "M’agrada escriure."),
    ("laia@demo.example", "Laia Ferrer", Spoken("ca", 5), CATALONIA, "Tradueixo novel·les."),
    ("marisol@demo.example", "Marisol Vega", Spoken("es", 5), USA, "Doy clases de español en Texas."),
)
DECIDED = {"laia@demo.example": True, "marisol@demo.example": False}
"""Who was admitted, and whether they have accepted."""


async def load_offers(
    db: Database, *, client_id: UUID, password: str, exams: dict[str, tuple[UUID, int]] | None = None
) -> None:
    """Publish four offers, and let people apply for them.

    Args:
        db: of the demo.
        client_id: whose projects they are.
        password: of the applicants.
        exams: by language, the exam's project and the minutes it takes.
    """
    numbers: dict[tuple[str, Place], int] = {}
    for language in LANGUAGES:
        project_id = await _project(db, language, client_id)
        exam_id, minutes = (exams or {}).get(language.tag, (None, 0))
        for place, cents in language.rates:
            fields = OfferFields(
                title=language.title,
                summary=language.summary,
                rate=Money(cents, "USD"),
                hours_least=5,
                hours_most=20,
                organisation="Aurora Work",
                behind=language.behind,
                contact="people@demo.example",
                quota=12,
                place=place,
                spoken=(Spoken(language.tag, 5),),
                closes_on=(utc_now() + timedelta(days=60)).date(),
                project_ids=(project_id,),
                exam_project_id=exam_id,
                exam_minutes=minutes,
            )
            async with db.write() as session:
                terms = Terms(language.terms, language.confidentiality)
                made = await add_offer(session, actor=SYSTEM, fields=fields, terms=terms)
                await publish_offer(session, actor=SYSTEM, number=made.number, now=utc_now())
            numbers[language.tag, place] = made.number
    async with db.write() as session:
        await write_forecasts(session, now=utc_now())
    for email, name, spoken, place, why in APPLICANTS:
        number = numbers[spoken.language, place]
        await _apply(db, email, name, Given(place=place, spoken=(spoken,), why=why), number, password)


async def _project(db: Database, language: Language, client_id: UUID) -> UUID:
    async with db.write() as session:
        team_id = await add_team(session, actor=SYSTEM, name=language.team)
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title=language.project,
            kind=next(iter(task_kinds())),
            rate=Money(1700, "USD"),
            settings={"max_turns": 3},
            brief=language.brief,
            guidelines=language.guidelines,
            rules=ProjectRules(estimated_minutes=18, cap_minutes=45),
            team_ids=[team_id],
        )
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
    async with db.write() as session:
        await add_open_items(session, actor=SYSTEM, terms=terms, count=ANSWERS, topic=language.project)
    return made.id


async def _apply(db: Database, email: str, name: str, given: Given, number: int, password: str) -> None:
    async with db.write() as session:
        await add_person(session, actor=SYSTEM, email=email, name=name, password=password, roles=[Role.TRAINER])
    async with db.read() as session:
        actor = await actor_by_email(session, email=email)
    async with db.write() as session:
        made = await apply_signed_in(session, actor=actor, number=number, given=given, now=utc_now())
    if email not in DECIDED:
        return
    async with db.write() as session:
        state = await admit(session, actor=SYSTEM, application_id=made, now=utc_now())
    if DECIDED[email] and state.value == "offered":
        async with db.read() as session:
            digest = (await open_offer(session, number=number)).terms_digest
        async with db.write() as session:
            await accept_offer(session, actor=actor, application_id=made, digest=digest, now=utc_now())
