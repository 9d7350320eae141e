"""A worker that takes what is due and then does nothing: it is killed before it has sent anything.

Arguments: the database's address.
"""

import asyncio
import sys

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.projects.operations.deliveries import take_due


async def main() -> None:
    db = Database(sys.argv[1], pool_size=1)
    async with db.write() as session:
        taken = await take_due(session, now=utc_now(), limit=10)
    sys.stdout.write(f"{len(taken)}\n")
    sys.stdout.flush()
    await asyncio.sleep(600)


asyncio.run(main())
