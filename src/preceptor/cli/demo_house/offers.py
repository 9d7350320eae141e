"""Offers of a demo: writers in Catalan and Spanish, in two places each, with people at every step of applying."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.cli.demo_house.accounts import CATALONIA, DOMAIN, PASSWORD, SPAIN, USA
from preceptor.cli.demo_house.working import actor_of
from preceptor.cli.demo_house.written_exams import LanguageExam, grade, sit
from preceptor.hiring import Given, OfferFields, Terms
from preceptor.hiring.operations import (
    accept_offer,
    add_offer,
    admit,
    apply_signed_in,
    change_rate,
    close_offer,
    decline_offer,
    publish_offer,
    refuse,
    withdraw_application,
)
from preceptor.hiring.queries import open_offer
from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.people import SYSTEM, Actor, Place, Role, Spoken
from preceptor.people.operations import add_person
from preceptor.people.queries import profile_of
from preceptor.projects import ProjectRules
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.queries import project_terms
from preceptor.work.operations.forecasting import write_forecasts
from preceptor.work.operations.items import add_open_items

ANSWERS = 400
"""Open answers of each project: enough work for the people its offers are for."""
QUOTA, SMALL_QUOTA = 12, 2
"""People each offer is for; the Catalan one abroad is nearly full."""


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


class Applicant(msgspec.Struct, frozen=True):
    """Somebody who applies, and how far they have come: `became` is the state of their application."""

    key: str
    name: str
    language: str
    place: Place
    became: str
    why: str
    level: int = 5
    sits: bool = False
    """They have sat the exam, and nobody has graded it yet."""

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.key}@{DOMAIN}"


APPLICANTS = (
    Applicant("laia", "Laia Ferrer", "ca", CATALONIA, "accepted", "Tradueixo novel·les."),
    Applicant("jordi", "Jordi Vila", "ca", CATALONIA, "accepted", "Faig classes de llengua en un institut."),
    Applicant("montse", "Montse Riba", "ca", CATALONIA, "accepted", "He estat correctora d’un diari vint anys."),
    Applicant("oriol", "Oriol Camps", "ca", CATALONIA, "accepted", "Escric guions de ràdio."),
    Applicant("aina", "Aina Pons", "ca", CATALONIA, "accepted", "Sóc bibliotecària."),
    Applicant("nuria", "Núria Puig", "ca", CATALONIA, "received", "Sóc correctora des de fa deu anys."),
    Applicant("pau", "Pau Soler", "ca", CATALONIA, "received", "M’agrada escriure.", 3),
    Applicant("quim", "Quim Bosch", "ca", CATALONIA, "invited", "Redacto manuals.", sits=True),
    Applicant("biel", "Biel Mas", "ca", CATALONIA, "failed", "Tinc temps als vespres."),
    Applicant("rita", "Rita Coll", "ca", CATALONIA, "withdrawn", "Busco una feina a distància."),
    Applicant("emma", "Emma Torres", "ca", USA, "invited", "Vaig créixer a Lleida i visc a Boston."),
    Applicant("arnau", "Arnau Giralt", "ca", USA, "invited", "Faig el doctorat a Chicago."),
    Applicant("clara", "Clara Homs", "ca", USA, "waiting", "Ensenyo català en línia."),
    Applicant("lucia", "Lucía Herrera", "es", USA, "accepted", "Traduzco para hospitales."),
    Applicant("mateo", "Mateo Rivas", "es", USA, "accepted", "Escribo para un periódico local."),
    Applicant("elena", "Elena Castro", "es", USA, "accepted", "Doy clases de escritura."),
    Applicant("hugo", "Hugo Salinas", "es", USA, "accepted", "Corrijo libros de texto."),
    Applicant("paula", "Paula Ibarra", "es", USA, "accepted", "Fui redactora de una revista."),
    Applicant("marisol", "Marisol Vega", "es", USA, "offered", "Doy clases de español en Texas."),
    Applicant("ivan", "Iván Robles", "es", SPAIN, "declined", "Busco unas horas por semana."),
    Applicant("alba", "Alba Nieto", "es", SPAIN, "refused", "Quiero aprender.", 2),
    Applicant("sergio", "Sergio Prado", "es", SPAIN, "received", "Redacto preguntas de examen."),
)
SITS = frozenset({"accepted", "offered", "declined", "failed"})
"""Who has sat the exam."""
LATELY = frozenset({"received", "invited", "waiting", "offered"})
"""Who applied lately: what was asked of them has not lapsed."""
WRITES_WELL = SITS - {"failed"}


class Published(msgspec.Struct, frozen=True):
    """An offer that was published: its number, and the digest of its terms."""

    number: int
    digest: str


async def load_offers(
    db: Database,
    *,
    manager: Actor,
    grader: Actor,
    client_id: UUID,
    exams: Mapping[str, LanguageExam],
    projects: Mapping[str, UUID],
    teams: Mapping[str, UUID],
    now: datetime,
) -> dict[str, list[Actor]]:
    """Publish four offers, and let people apply for them; answers who is engaged, by language.

    Args:
        db: of the demo.
        manager: writes the offers and decides applications.
        grader: grades the exams.
        client_id: whose projects they are.
        exams: by language.
        projects: by language, a project the offer is for besides the one that is made here.
        teams: by language, who works on both.
        now: the present; it all happened over the last weeks.
    """
    offers: dict[tuple[str, Place], Published] = {}
    for language in LANGUAGES:
        made = await _project(db, manager, language, client_id, teams[language.tag])
        exam = exams[language.tag]
        for place, cents in language.rates:
            fields = OfferFields(
                title=language.title,
                summary=language.summary,
                rate=Money(cents, "USD"),
                hours_least=3,
                hours_most=20,
                organisation="Aurora Work",
                behind=language.behind,
                contact="people@demo.example",
                quota=SMALL_QUOTA if (language.tag, place) == ("ca", USA) else QUOTA,
                place=place,
                spoken=(Spoken(language.tag, 5),),
                closes_on=(now + timedelta(days=60)).date(),
                project_ids=(made, projects[language.tag]),
                exam_project_id=exam.terms.id,
                exam_minutes=exam.written.minutes,
            )
            terms = Terms(language.terms, language.confidentiality)
            offers[language.tag, place] = await _publish(db, manager, fields, terms, now=now - timedelta(days=45))
    async with db.write() as session:
        await write_forecasts(session, now=now)
    engaged: dict[str, list[Actor]] = {language.tag: [] for language in LANGUAGES}
    for number, one in enumerate(APPLICANTS):
        # Whoever has not answered yet was asked a few days ago.
        at = now - timedelta(days=9 if one.became in LATELY else 40) + timedelta(hours=5 * number)
        actor = await _apply(db, one, offers[one.language, one.place], exams[one.language], manager, grader, number, at)
        if one.became == "accepted":
            engaged[one.language].append(actor)
    return engaged


async def _publish(db: Database, manager: Actor, fields: OfferFields, terms: Terms, *, now: datetime) -> Published:
    async with db.write() as session:
        made = await add_offer(session, actor=manager, fields=fields, terms=terms)
        await publish_offer(session, actor=manager, number=made.number, now=now)
    async with db.read() as session:
        return Published(made.number, (await open_offer(session, number=made.number)).terms_digest)


async def _project(db: Database, manager: Actor, language: Language, client_id: UUID, team_id: UUID) -> UUID:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=manager,
            client_id=client_id,
            title=language.project,
            kind=next(iter(task_kinds())),
            rate=Money(language.rates[0][1], "USD"),
            settings={"max_turns": 3},
            brief=language.brief,
            guidelines=language.guidelines,
            rules=ProjectRules(estimated_minutes=18, cap_minutes=45),
            team_ids=[team_id],
        )
    async with db.write() as session:
        await open_project(session, actor=manager, slug=made.slug)
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
    async with db.write() as session:
        await add_open_items(session, actor=manager, terms=terms, count=ANSWERS, topic=language.project)
    return made.id


async def _apply(
    db: Database,
    one: Applicant,
    offer: Published,
    exam: LanguageExam,
    manager: Actor,
    grader: Actor,
    place: int,
    now: datetime,
) -> Actor:
    """Somebody applies and comes as far as they have come; answers them as they are then."""
    async with db.write() as session:
        await add_person(session, actor=SYSTEM, email=one.email, name=one.name, password=PASSWORD, roles=[Role.TRAINER])
    actor = await actor_of(db, one.email)
    given = Given(place=one.place, spoken=(Spoken(one.language, one.level),), why=one.why)
    async with db.write() as session:
        made = await apply_signed_in(session, actor=actor, number=offer.number, given=given, now=now)
    if one.became == "received":
        return actor
    if one.became == "withdrawn":
        async with db.write() as session:
            await withdraw_application(session, actor=actor, application_id=made, now=now + timedelta(days=1))
        return actor
    if one.became == "refused":
        note = "Este trabajo pide un nivel 5 de español. Cuando lo tengas, vuelve a solicitarlo: nos alegrará leerte."
        async with db.write() as session:
            await refuse(session, actor=manager, application_id=made, note=note, now=now + timedelta(days=1))
        return actor
    async with db.write() as session:
        await admit(session, actor=manager, application_id=made, now=now + timedelta(days=1))
    if one.sits:
        await sit(db, exam, email=one.email, well=True, now=now + timedelta(days=2))
    if one.became in SITS:
        well = one.became in WRITES_WELL
        actor = await sit(db, exam, email=one.email, well=well, now=now + timedelta(days=2))
        # The grader's own clock has not come to the last days yet.
        clocked = one.became not in LATELY
        at = now + timedelta(days=3)
        await grade(db, grader=grader, actor=actor, well=well, place=place, clocked=clocked, now=at)
    async with db.write() as session:
        if one.became == "accepted":
            at = now + timedelta(days=3, hours=4)
            await accept_offer(session, actor=actor, application_id=made, digest=offer.digest, now=at)
        elif one.became == "declined":
            await decline_offer(session, actor=actor, application_id=made, now=now + timedelta(days=5))
    return await actor_of(db, one.email)


async def load_closed_offer(
    db: Database, *, manager: Actor, project_id: UUID, people: Sequence[Actor], now: datetime
) -> None:
    """An offer that was filled and closed: the people of the autumn were engaged by it. Its rate is about to rise."""
    fields = OfferFields(
        title="Writers of answers, English",
        summary="You answer questions as you would wish to have them answered, with care for whoever asked.",
        rate=Money(2_500, "EUR"),
        hours_least=2,
        hours_most=15,
        organisation="Aurora Work",
        behind="A laboratory of language models (its name on accepting)",
        contact="people@demo.example",
        quota=QUOTA,
        spoken=(Spoken("en", 4),),
        project_ids=(project_id,),
    )
    terms = Terms(
        "- Paid by the hour, by the clock you see at work; twice a month.\n- You work when you want to.\n"
        "- All time that is asked of you is paid: work, exams, guidelines, rework.\n- You can leave at any time.",
        "Do not publish the questions while the project is open.",
    )
    offer = await _publish(db, manager, fields, terms, now=now - timedelta(days=50))
    for place, actor in enumerate(people):
        at = now - timedelta(days=49) + timedelta(hours=3 * place)
        async with db.read() as session:
            where = (await profile_of(session, person_id=actor.person_id)).place
        given = Given(place=where, spoken=(Spoken("en", 5),), why="I have written answers for a help page for years.")
        async with db.write() as session:
            made = await apply_signed_in(session, actor=actor, number=offer.number, given=given, now=at)
            await admit(session, actor=manager, application_id=made, now=at + timedelta(hours=6))
        async with db.write() as session:
            at += timedelta(days=1)
            await accept_offer(session, actor=actor, application_id=made, digest=offer.digest, now=at)
    async with db.write() as session:
        await close_offer(session, actor=manager, number=offer.number, now=now - timedelta(days=46))
        await change_rate(
            session,
            actor=manager,
            number=offer.number,
            rate=Money(2_600, "EUR"),
            effective_from=now + timedelta(days=9),
            reason="The client’s new order pays more for each answer.",
            now=now - timedelta(days=1),
        )
