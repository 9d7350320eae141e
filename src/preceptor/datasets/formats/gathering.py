"""Pieces of many submissions put together by item, at constant memory: they wait in a file beside the release."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

BATCH = 1_000


class Gathering:
    """Keeps rows by item and gives them back item by item, in the order in which the items were first met.

    Args:
        path: a file that does not exist yet; it is gone after `close`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # Nobody wants it back after a crash: it is begun again.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE item (place INTEGER PRIMARY KEY, key TEXT UNIQUE)")
        self._db.execute("CREATE TABLE piece (place INTEGER, number INTEGER PRIMARY KEY, row BLOB)")
        self._waiting: list[tuple[str, bytes]] = []

    def add(self, item: str, row: Any) -> None:
        """Keep a row, anything that is JSON, for an item."""
        self._waiting.append((item, msgspec.json.encode(row)))
        if len(self._waiting) >= BATCH:
            self._keep()

    def _keep(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO item (key) VALUES (?)", [(item,) for item, _row in self._waiting])
        self._db.executemany(
            "INSERT INTO piece (place, row) VALUES ((SELECT place FROM item WHERE key = ?), ?)", self._waiting
        )
        self._db.execute("COMMIT")
        self._waiting = []

    def by_item(self) -> Iterator[tuple[str, list[Any]]]:
        """Every item with its rows, in the order they were added."""
        if self._waiting:
            self._keep()
        self._db.execute("CREATE INDEX IF NOT EXISTS by_place ON piece (place, number)")
        rows = self._db.execute("SELECT key, row FROM item JOIN piece USING (place) ORDER BY place, number")
        for key, group in groupby(rows, key=lambda row: row[0]):
            yield key, [msgspec.json.decode(row[1]) for row in group]

    def close(self) -> None:
        """Forget everything."""
        self._db.close()
        self._path.unlink(missing_ok=True)
