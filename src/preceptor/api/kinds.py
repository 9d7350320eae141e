"""Task kinds: what is installed, and reading a form from a document."""

from typing import Any

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody

from preceptor.kinds.registry import task_kind
from preceptor.lib.web import Request
from preceptor.people import Actor, Permission


class SettingsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of a document that settings are to be read from."""

    document: str


class SettingsProblem(msgspec.Struct, frozen=True):
    """What is wrong with settings, and where. The path starts at the settings."""

    path: str
    message: str


class SettingsReadDocument(msgspec.Struct, frozen=True):
    """Settings as far as they could be read.

    `left_out` names what the document has and the form cannot have; `problems` what is still wrong with the settings.
    """

    settings: dict[str, Any]
    left_out: list[str]
    problems: list[SettingsProblem]


@post("/kinds/{key:str}/settings", summary="Read a form from a document", status_code=200)
async def read_settings(
    request: Request[Actor], key: FromPath[str], data: JSONBody[SettingsDocument]
) -> SettingsReadDocument:
    """Settings from JSON as it is exported, or from another tool's document that the kind knows. Nothing is kept.

    A document that cannot be read at all is answered with 422 `invalid_settings`.
    """
    request.actor.require(Permission.PROJECT_CREATE)
    kind = task_kind(key)
    found = kind.read_settings(data.document)
    return SettingsReadDocument(
        settings=msgspec.to_builtins(found.settings),
        left_out=[str(one) for one in found.left_out],
        problems=[SettingsProblem(one.path, str(one.message)) for one in kind.validate_settings(found.settings)],
    )


handlers: list[Any] = [read_settings]
