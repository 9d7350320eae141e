"""A house whose clock a test moves: hours of work, idling and pauses pass in seconds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.cli.test_house import House, running_house

AHEAD = Path(__file__).parent / "ahead"


class TimeMachine:
    """Moves the clock of a running house, and of pages that are open in it."""

    def __init__(self, house: House, file: Path) -> None:
        self.house, self._file, self._ahead = house, file, timedelta()

    def now(self) -> datetime:
        """What the house takes for the time."""
        return datetime.now(UTC) + self._ahead

    def pass_time(self, time: timedelta) -> None:
        """For the house alone, as if all pages were closed."""
        self._ahead += time
        whole = self._file.with_suffix(".new")
        whole.write_text(str(self._ahead.total_seconds()))
        whole.replace(self._file)

    def pass_on(self, page: Page, time: timedelta) -> None:
        """For the house and a workbench in it, which sends its heartbeat at the end; nobody touches anything."""
        self.pass_time(time)
        with page.expect_response(lambda answer: answer.url.endswith("/beat")):
            page.clock.fast_forward(int(time.total_seconds() * 1000))


@contextmanager
def movable_house(*options: str) -> Iterator[tuple[House, TimeMachine]]:
    """A demo in a home of its own whose clock can be moved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(AHEAD), *filter(None, [os.environ.get("PYTHONPATH")])]))
        file = Path(os.environ.get("TMPDIR", "/tmp")) / f"ahead-{os.getpid()}"
        file.write_text("0")
        patch.setenv("CLOCK_AHEAD", str(file))
        try:
            with running_house(*options) as house:
                yield house, TimeMachine(house, file)
        finally:
            file.unlink()
