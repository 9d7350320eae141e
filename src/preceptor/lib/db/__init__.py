"""PostgreSQL: the base of all tables, sessions for reading and for writing, the hot pool, group commit.

One request or one job is one transaction: whoever opens `Database.write()` at a door commits, nobody inside does.
"""

from preceptor.lib.db.base import Base, created_at_column, id_column
from preceptor.lib.db.batching import Batcher
from preceptor.lib.db.database import Database, Driver, ReadSession, WriteSession
from preceptor.lib.db.folding import folded, folded_in_sql
from preceptor.lib.db.paging import Page, decode_cursor, encode_cursor

__all__ = [
    "Base",
    "Batcher",
    "Database",
    "Driver",
    "Page",
    "ReadSession",
    "WriteSession",
    "created_at_column",
    "decode_cursor",
    "encode_cursor",
    "folded",
    "folded_in_sql",
    "id_column",
]
