"""Whatever can be set, allowed, typed, called or met has its place in the documentation."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import click
import msgspec
import pytest

import preceptor
from preceptor.app import create_app
from preceptor.cli import commands
from preceptor.datasets.formats import find_formats
from preceptor.kinds.registry import fields, task_kinds
from preceptor.lib.errors import ProblemError
from preceptor.lib.events import REGISTRY
from preceptor.lib.settings import Settings
from preceptor.people.rules import ROLE_PERMISSIONS, Permission, Role
from preceptor.projects.rules import BOUNDS, ProjectRules
from tests.docs.conftest import DOCS, ROOT, documents, section_of, table_rows

OTHER_VARIABLES = {"PRECEPTOR_DATA", "PRECEPTOR_CHROMIUM"}
"""Not settings of an installation: where tests find data and a browser."""
EVERYBODYS = {Permission.TOKEN_WRITE}


def reference() -> str:
    return (DOCS / "reference.md").read_text(encoding="utf-8")


def load_everything() -> None:
    for module in pkgutil.walk_packages(preceptor.__path__, "preceptor."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def variable(name: str) -> str:
    return "DATABASE_URL" if name == "database_url" else f"PRECEPTOR_{name.upper()}"


def test_settings_and_their_defaults():
    rows = {row[0].strip("`"): row for row in table_rows((DOCS / "operators.md").read_text(), "## Settings")[1:]}
    wanted = {variable(field.name): field.default for field in msgspec.structs.fields(Settings)}
    assert set(rows) == set(wanted)
    for name, default in wanted.items():
        if default is msgspec.NODEFAULT:
            continue
        told = rows[name][1].strip("`")
        shown = str(default).lower() if isinstance(default, bool) else str(default) or "empty"
        assert told == shown, f"{name}: {shown} is the default"


def test_no_setting_is_made_up():
    known = {variable(field.name) for field in msgspec.structs.fields(Settings)} | OTHER_VARIABLES
    named = {word for text in documents().values() for word in re.findall(r"\bPRECEPTOR_[A-Z_]+\b", text)}
    assert named <= known, named - known


def test_rules_of_projects():
    rows = {row[0].strip("`"): row for row in table_rows((DOCS / "managers.md").read_text(), "## Making a project")}
    for field in msgspec.structs.fields(ProjectRules):
        assert field.name in rows, f"managers.md does not name the rule {field.name}"
        _name, _meaning, bounds, default = rows[field.name]
        shown = {"None": "none", "False": "no", "True": "yes", "": "empty", "()": "none"}.get(
            str(field.default), str(field.default)
        )
        assert default == shown, f"{field.name}: {shown} is the default"
        if field.name in BOUNDS:
            assert bounds == "{} – {}".format(*BOUNDS[field.name]), field.name


def test_permissions_and_who_has_them():
    rows = {row[0].strip("`"): row[2:] for row in table_rows(reference(), "## Roles and permissions")[1:]}
    assert list(rows) == [permission.value for permission in Permission], "the table has another order or other rows"
    for permission in Permission:
        ticked = {role for role, cell in zip(Role, rows[permission.value], strict=True) if "✓" in cell}
        allowed = {role for role in Role if permission in ROLE_PERMISSIONS[role] or permission in EVERYBODYS}
        assert ticked == allowed, permission.value


def test_events():
    load_everything()
    told = set(re.findall(r"^\| `([\w.]+)` \|", section_of(reference(), "## Events"), re.MULTILINE))
    known = {name for name, kind in REGISTRY.items() if kind.__module__.startswith("preceptor.")}
    assert told == known, missing_rows(known - told, told - known)


def test_problem_codes():
    load_everything()
    told = set(re.findall(r"^\| (\d+) \| `(\w+)` \|", section_of(reference(), "## Problem codes"), re.MULTILINE))
    known = {(str(kind.status), kind.code) for kind in problem_kinds() if kind.__module__.startswith("preceptor.")}
    assert told == known, missing_rows(known - told, told - known)


def problem_kinds() -> Iterator[type[ProblemError]]:
    waiting = [ProblemError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


def missing_rows(missing: object, surplus: object) -> str:
    return f"add to docs/reference.md: {sorted(missing)}; take out: {sorted(surplus)}"


@pytest.mark.parametrize(
    ("what", "found"),
    [("task kind", task_kinds), ("field", fields), ("format", find_formats)],
    ids=["task kinds", "fields", "formats"],
)
def test_kinds_fields_and_formats(what, found, words):
    built_in = [key for key, one in found().items() if type(one).__module__.startswith("preceptor.")]
    missing = [key for key in built_in if key not in words]
    assert not missing, f"no page names the {what}s {missing}"


def test_columns_of_releases():
    text = (DOCS / "data.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w.]+)`", text))
    missing = {
        f"{form.name}: {name}"
        for form in find_formats().values()
        for table in form.tables
        for name in columns_of(table.row)
        if name not in named
    }
    assert not missing, f"docs/data.md does not name {sorted(missing)}"


def columns_of(row: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(row):
        yield field.name
        for kind in (field.type, *getattr(field.type, "__args__", ())):
            if (
                isinstance(kind, type)
                and issubclass(kind, msgspec.Struct)
                and kind.__module__.startswith("preceptor.datasets")
            ):
                yield from columns_of(kind)


def commands_below(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands_below(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_commands():
    told = {row[0].strip("`") for row in table_rows(reference(), "## Commands")[1:]}
    assert told == set(commands_below(commands, "preceptor"))


def test_options_of_commands():
    text = "\n".join(documents().values())
    missing = [
        option
        for name in commands.list_commands(click.Context(commands))
        for option in options_of(commands.get_command(click.Context(commands), name))
        if option not in text
    ]
    assert not missing, f"no page names {missing}"


def options_of(command: click.Command | None) -> Iterator[str]:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from options_of(inner)
    elif command is not None:
        for parameter in command.params:
            yield from [option for option in parameter.opts if option.startswith("--") and option != "--help"]


def test_make_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):[^#\n]*## ", makefile, re.MULTILINE)) - {"help"}
    told = set(re.findall(r"`?make ([a-z-]+)", "\n".join(documents().values())))
    assert targets <= told, f"no page names make {sorted(targets - told)}"
    every = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {name for name in told_in_code() if name not in every} == set()


def told_in_code() -> set[str]:
    return set(re.findall(r"`make ([a-z-]+)", "\n".join(documents().values())))


def routes(app) -> Iterator[tuple[str, str]]:
    """Method and address of every handler, with its parameters as `{name}`."""
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]
        for handler in handlers:
            for method in getattr(handler, "http_methods", ()):
                if method not in {"OPTIONS", "HEAD"}:
                    yield str(method), re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)


@pytest.fixture(scope="module")
def addresses(tmp_path_factory) -> set[tuple[str, str]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url="postgresql://nobody@localhost/nothing")
    return set(routes(create_app(settings)))


def test_pages(addresses):
    told = {row[0].strip("`") for row in table_rows(reference(), "## Pages")[1:]}
    known = {
        path for method, path in addresses if method == "GET" and not path.startswith(("/api", "/static", "/metrics"))
    }
    assert told == known, missing_rows(known - told, told - known)


def test_pages_are_explained(addresses):
    """Beside the list in the reference, the pages of a role are told about where that role reads."""
    rest = "\n".join(text for name, text in documents().items() if name != "docs/reference.md")
    known = {row[0].strip("`") for row in table_rows(reference(), "## Pages")[1:]} - {"/", "/language/{code}"}
    missing = sorted(path for path in known if f"`{path}`" not in rest)
    assert not missing, f"only the reference names {missing}"


def test_addresses_of_the_api(addresses):
    text = section_of((DOCS / "api.md").read_text(encoding="utf-8"), "## All addresses")
    told = set(re.findall(r"^\| `([A-Z]+) (/\S*)` \|", text, re.MULTILINE))
    known = {(method, path.removeprefix("/api/v1")) for method, path in addresses if path.startswith("/api/v1")}
    assert told == known, f"add to docs/api.md: {sorted(known - told)}; take out: {sorted(told - known)}"
