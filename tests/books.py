"""Whether the books are right, asked as an operator asks: `preceptor ledger check` on the test's own database."""

from preceptor.work.queries.ledger_check import check_everything


async def faults(db):
    """What is off in the ledger; empty where entries, time, statements and payouts say the same."""
    async with db.read() as session:
        return [one async for one in check_everything(session)]
