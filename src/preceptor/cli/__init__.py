"""The commands of `preceptor`. Each module here that has a `command` is one: adding a command is adding a file.

A module's name is the command's, with `-` for `_`, and a `_` at the end where Python keeps the word for itself; only
the one that is called gets imported.
"""

import importlib
import importlib.util
import pkgutil
from keyword import iskeyword

import click
import msgspec

from preceptor.lib.embedded.processes import EmbeddedError
from preceptor.lib.errors import ProblemError
from preceptor.lib.starting import unhurried_collector


class Commands(click.Group):
    """The group of all commands, found by looking into this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands; imports every module here."""
        names = sorted(module.name.rstrip("_").replace("_", "-") for module in pkgutil.iter_modules(__path__))
        return [name for name in names if self.get_command(ctx, name) is not None]

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None; imports its module alone."""
        module = f"{__name__}.{cmd_name.replace('-', '_')}{'_' if iskeyword(cmd_name) else ''}"
        if "." in cmd_name or importlib.util.find_spec(module) is None:
            return None
        with unhurried_collector():
            command = getattr(importlib.import_module(module), "command", None)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what an operator can act on becomes a plain line and exit code 1, without a trace."""
        try:
            return super().invoke(ctx)
        except (EmbeddedError, ProblemError) as error:
            raise click.ClickException(str(error)) from error
        except msgspec.ValidationError as error:
            raise click.ClickException(f"A setting in the environment is not right: {error}") from error


commands = Commands(
    name="preceptor",
    help="Run and look after a Preceptor installation. It is found through PRECEPTOR_HOME or DATABASE_URL.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(package_name="preceptor")(commands)
