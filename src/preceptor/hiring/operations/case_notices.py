"""What people are told about cases: the person concerned, whoever announced it, and those who decide appeals."""

from collections.abc import Callable

from preceptor.hiring.queries import deciders
from preceptor.hiring.rules import MEASURE_NAMES, REASON_NAMES, CaseReason, Measure, Outcome
from preceptor.hiring.tables import DueProcessCase
from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.people.operations.notices import Told, moment, notify


def _own(row: DueProcessCase) -> str:
    return f"/account/cases/{row.id}"


async def tell_of_announcement(session: WriteSession, row: DueProcessCase) -> None:
    """Tell somebody of a measure: what, why, from when, and that they can appeal."""

    def told() -> Told:
        lines = [
            _("Reason: {reason}.").format(reason=REASON_NAMES[CaseReason(row.reason)]),
            _("It comes into force on {day}.").format(day=moment(row.effective_at))
            if row.measure != Measure.WARNING.value
            else _("A warning takes nothing away from you."),
            _("The page shows who decided it, why, and the records it rests on."),
            _("You can appeal there. Somebody else decides the appeal."),
        ]
        if row.transfer_team_id is not None:
            lines.append(_("You are offered another team: accept, and nothing else changes."))
        lines.append(_("What you have earned is paid in any case, and what you have begun can be handed in."))
        return Told(
            subject=str(_("{measure} announced").format(measure=MEASURE_NAMES[Measure(row.measure)])),
            body="\n".join(str(line) for line in lines),
        )

    await notify(session, person_id=row.person_id, kind="case.announced", text=told, link=_own(row))


async def tell_of_file(session: WriteSession, row: DueProcessCase) -> None:
    """Tell somebody that whoever announced a measure has attached a file to it."""

    def told() -> Told:
        return Told(
            subject=str(_("A file was added to a decision about you")),
            body=str(_("Whoever announced the measure has attached it. The page shows it, and you can appeal there.")),
        )

    await notify(session, person_id=row.person_id, kind="case.file", text=told, link=_own(row))


async def tell_of_appeal(session: WriteSession, row: DueProcessCase) -> None:
    """Tell those who can decide an appeal that there is one, and the person that it has come in."""
    due = row.appeal_due_at
    assert due is not None

    def to_person() -> Told:
        return Told(
            subject=str(_("Your appeal has come in")),
            body=str(
                _(
                    "Somebody who did not announce the measure decides it until {day}. If nobody has by then, the "
                    "measure is lifted until it is decided."
                ).format(day=moment(due))
            ),
        )

    def to_deciders() -> Told:
        return Told(
            subject=str(_("An appeal is waiting for somebody to decide")),
            body=str(
                _("It has to be decided until {day}, by somebody who did not announce the measure.").format(
                    day=moment(due)
                )
            ),
        )

    await notify(session, person_id=row.person_id, kind="case.appealed", text=to_person, link=_own(row))
    await _tell_deciders(session, row, kind="case.appealed", text=to_deciders)


async def _tell_deciders(session: WriteSession, row: DueProcessCase, *, kind: str, text: Callable[[], Told]) -> None:
    for person_id in await deciders(session, besides={row.person_id, row.opened_by}):
        await notify(session, person_id=person_id, kind=kind, text=text, link=f"/cases/{row.id}")


async def tell_of_decision(session: WriteSession, row: DueProcessCase) -> None:
    """Tell the person, and whoever announced the measure, how the appeal was decided."""
    overturned = row.outcome == Outcome.OVERTURNED.value

    def to_person() -> Told:
        if not overturned:
            body = _("The measure stands. The page says who decided it and why.")
        elif row.back_pay_minor:
            body = _("The measure is gone, and the work you lost is paid. The page says who decided it and why.")
        else:
            body = _("The measure is gone. The page says who decided it and why.")
        return Told(subject=str(_("Your appeal has been decided")), body=str(body))

    def to_opener() -> Told:
        body = _("The measure you announced was overturned.") if overturned else _("The measure you announced stands.")
        return Told(subject=str(_("An appeal has been decided")), body=str(body))

    await notify(session, person_id=row.person_id, kind="case.decided", text=to_person, link=_own(row))
    await notify(session, person_id=row.opened_by, kind="case.decided", text=to_opener, link=f"/cases/{row.id}")


async def tell_of_withdrawal(session: WriteSession, row: DueProcessCase) -> None:
    """Tell somebody that a measure was taken back."""

    def told() -> Told:
        subject = _("{measure} withdrawn").format(measure=MEASURE_NAMES[Measure(row.measure)])
        return Told(subject=str(subject), body=str(_("It no longer binds you. The page says why.")))

    await notify(session, person_id=row.person_id, kind="case.withdrawn", text=told, link=_own(row))


async def tell_in_force(session: WriteSession, row: DueProcessCase) -> None:
    """Tell somebody that the notice of a measure has passed."""

    def told() -> Told:
        subject = _("{measure} in force").format(measure=MEASURE_NAMES[Measure(row.measure)])
        lines = [
            _("You get no new tasks it covers. What you have begun can be handed in, and is paid."),
            _("Your pay, your records and the way to appeal stay within reach: sign in as before."),
        ]
        return Told(subject=str(subject), body="\n".join(str(line) for line in lines))

    await notify(session, person_id=row.person_id, kind="case.in_force", text=told, link=_own(row))


async def tell_overdue(session: WriteSession, row: DueProcessCase) -> None:
    """Tell everybody concerned that an appeal was not decided in time."""

    def to_person() -> Told:
        body = _("It was not decided in time, so the measure is lifted until it is.")
        return Told(subject=str(_("Your appeal is overdue")), body=str(body))

    def to_deciders() -> Told:
        body = _("It was not decided in time, so the measure is lifted until somebody does.")
        return Told(subject=str(_("An appeal is overdue")), body=str(body))

    await notify(session, person_id=row.person_id, kind="case.overdue", text=to_person, link=_own(row))
    await _tell_deciders(session, row, kind="case.overdue", text=to_deciders)
