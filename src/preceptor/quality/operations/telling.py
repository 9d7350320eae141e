"""What trainers are told about rejections, and about what came of contesting one."""

from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, format_money
from preceptor.people.operations.notices import Told, notify
from preceptor.quality.rules import Verdict, reason_label
from preceptor.quality.tables import Dispute, Review


async def tell_rejected(session: WriteSession, *, review: Review, reason: str, taken: Money | None) -> None:
    """Tell a trainer that their answer was rejected, why, and what was taken back.

    Args:
        session: the transaction.
        review: whose verdict it was.
        reason: a key of the closed list.
        taken: what it had earned; None for a reason that leaves pay alone.
    """

    def text() -> Told:
        label = reason_label(Verdict.REJECT, reason)
        why = _("Reason: {reason}.").format(reason=str(label))
        if taken is None:
            money = _("What you earned with it stays yours.")
        else:
            money = _("For this reason it is not paid: {amount} was taken back.").format(amount=format_money(taken))
        contest = _("You can read the reviewer’s note and contest the rejection. Somebody else then decides.")
        return Told(str(_("An answer of yours was rejected")), f"{why} {money}\n\n{contest}")

    await notify(
        session,
        person_id=review.trainer_id,
        kind="rejection.given",
        text=text,
        link=f"/my-work/{review.assignment_id}",
        mail=taken is not None,
    )


async def tell_decided(session: WriteSession, *, dispute: Dispute, given: Money | None) -> None:
    """Tell a trainer what came of contesting a rejection.

    Args:
        session: the transaction.
        dispute: as it was decided.
        given: what was given back; None where the rejection stands.
    """

    def text() -> Told:
        if given is None:
            subject, body = _("The rejection stands"), _("Somebody else has looked at your answer and agrees with it.")
        else:
            subject, body = _("The rejection was overturned"), _("Your answer counts after all.")
        parts = [str(body)]
        if given is not None and given.amount:
            parts.append(str(_("You have {amount} back.").format(amount=format_money(given))))
        return Told(str(subject), " ".join(parts) + (f"\n\n{dispute.answer}" if dispute.answer else ""))

    await notify(
        session,
        person_id=dispute.trainer_id,
        kind="dispute.decided",
        text=text,
        link=f"/my-work/{dispute.assignment_id}",
    )
