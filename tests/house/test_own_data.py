"""Nobody's data is forgotten: every table that names people is handed out to them, or says why not."""

import importlib
import pkgutil
import re

from sqlalchemy import Uuid

import preceptor
from preceptor.datasets.queries.own_data import all_own_data
from preceptor.lib.db import Base
from preceptor.people.rules import AfterErasure

PEOPLE = re.compile(r"(?:^|_)(?:person|trainer|author|reviewer|actor)_id$|(?:^|_)by$")


def load_tables():
    for module in pkgutil.walk_packages(preceptor.__path__, "preceptor."):
        if ".tables" in module.name or module.name == "preceptor.lib.db.events":
            importlib.import_module(module.name)
    return Base.metadata.tables


def naming(table) -> list[str]:
    """Columns that name people: foreign keys to `person`, and those called so."""
    keys = {
        column.name
        for column in table.columns
        if any(one.target_fullname == "person.id" for one in column.foreign_keys)
    }
    called = {one.name for one in table.columns if PEOPLE.search(one.name) and isinstance(one.type, Uuid)}
    return sorted(keys | called)


def test_every_table_that_names_people_is_handed_out_or_says_why_not():
    tables, reasons = all_own_data()
    missing = []
    for name, table in load_tables().items():
        own = [one for one in tables if one.table == name]
        for column in naming(table):
            listed = any(column == one.mine or re.search(rf"\b{column}\b", one.where) for one in own)
            if not listed and f"*.{column}" not in reasons and f"{name}.{column}" not in reasons:
                missing.append(f"{name}.{column}")
    assert not missing, (
        f"add an OwnTable to `queries/own_data.py` of its context (what it is to the person, what becomes of it when they "
        f"are erased), or a reason to its NOT_OWN: {missing}"
    )


def test_lists_name_tables_and_columns_that_exist():
    known = load_tables()
    for own in all_own_data()[0]:
        columns = set(known[own.table].columns.keys())
        assert not own.mine or own.mine in columns or own.where, own
        assert set(own.without) <= columns, own.table
        assert set(own.changes) <= columns, own.table
        assert (own.after is AfterErasure.CHANGED) == bool(own.changes), own.table


def test_secrets_are_not_handed_out():
    secret = re.compile(r"digest|sealed|password|secret|credential_id|public_key|^challenge$")
    for own in all_own_data()[0]:
        columns = load_tables()[own.table].columns.keys()
        shown = [one for one in columns if secret.search(one) and one not in own.without and one != "terms_digest"]
        assert not [one for one in shown if (own.table, one) != ("notification", "secret")], (own.table, shown)


def test_the_profile_is_erased_last():
    assert all_own_data()[0][-1].table == "person", "others are found by the address that stands there"
