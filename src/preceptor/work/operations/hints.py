"""Where the open slots of projects begin, as far as one process knows: they make claiming cheap, and decide nothing."""

import time
from typing import NamedTuple
from uuid import UUID

import msgspec

from preceptor.lib.db import Driver
from preceptor.work.rules.lanes import lane_order

HINT_SECONDS = 1.0
FULL_LOOK_SECONDS = 30.0

GROUPS = """
SELECT wanted.lane, wanted.priority, wanted.round, (
    SELECT slot.place FROM slot
    WHERE slot.project_id = %(project)s AND slot.lane = wanted.lane AND slot.priority = wanted.priority
      AND slot.round = wanted.round AND slot.state = 'open' AND slot.place >= wanted.low
    ORDER BY slot.place LIMIT 1
)
FROM (
    SELECT found.lane, found.priority, found.round, coalesce(hint.low, 0) AS low
    FROM queue_group found
    LEFT JOIN unnest(%(lanes)s::text[], %(priorities)s::int[], %(rounds)s::int[], %(lows)s::bigint[])
           AS hint (lane, priority, round, low)
      ON hint.lane = found.lane AND hint.priority = found.priority AND hint.round = found.round
    WHERE found.project_id = %(project)s
) wanted
"""


class Group(NamedTuple):
    """Slots that stand in one line."""

    lane: str
    priority: int
    round: int

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts groups as they are tried."""
        return (self.priority, *lane_order(self.lane), self.round)


class QueueHints(msgspec.Struct):
    """Where the open slots of one project begin, as far as this process knows. `groups`: in the order of trying."""

    groups: list[Group] = []
    lows: dict[Group, int] = {}
    looked_at: float = float("-inf")
    looked_fully_at: float = float("-inf")


class Hints:
    """The hints of one process: looked up every second from where they were, every 30 seconds from the start."""

    def __init__(self) -> None:
        self._projects: dict[UUID, QueueHints] = {}

    async def of(self, driver: Driver, project_id: UUID) -> QueueHints:
        """The hints of a project, at most a second old unless somebody else is looking just now."""
        hints = self._projects.get(project_id)
        now = time.monotonic()
        if hints is None or now - hints.looked_fully_at > FULL_LOOK_SECONDS:
            return await self.look(driver, project_id, fully=True)
        if now - hints.looked_at > HINT_SECONDS:
            return await self.look(driver, project_id, fully=False)
        return hints

    def known(self, project_id: UUID) -> QueueHints:
        """The hints of a project as they were last looked up."""
        return self._projects.get(project_id) or QueueHints()

    async def look(self, driver: Driver, project_id: UUID, *, fully: bool) -> QueueHints:
        """Look where the open slots begin; `fully`: without regard to what was known."""
        hints = self._projects.setdefault(project_id, QueueHints())
        known = {} if fully else hints.lows
        # Set before the answer is here, so that those who ask meanwhile go on with the old hints.
        hints.looked_at = time.monotonic()
        if fully:
            hints.looked_fully_at = hints.looked_at
        values = {
            "project": project_id,
            "lanes": [group.lane for group in known],
            "priorities": [group.priority for group in known],
            "rounds": [group.round for group in known],
            "lows": list(known.values()),
        }
        rows = await (await driver.execute(GROUPS, values)).fetchall()
        hints.lows = {Group(lane, priority, round_): low for lane, priority, round_, low in rows if low is not None}
        hints.groups = sorted(hints.lows, key=lambda group: group.order)
        return hints
