"""Options that say what a release is to hold, for the commands that freeze one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click
import msgspec

from preceptor.datasets import ReleaseSettings

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])


def scope_options(command: Command) -> Command:
    """Add the options; the command takes them as `**scope`, and `settings_with` reads them."""
    for option in reversed(
        (
            click.option("--licence", default="", help="For the dataset card: an SPDX id or a name."),
            click.option("--language", "languages", multiple=True, help="For the card: a code such as en; repeatable."),
            click.option("--since", type=DAY, help="Only what was submitted on this day (UTC) or later."),
            click.option("--until", type=DAY, help="Only what was submitted on this day (UTC) or before."),
            click.option(
                "--review",
                "reviews",
                multiple=True,
                type=click.Choice(["accepted", "corrected", "unreviewed", "imported"]),
                help="Only what came to be accepted like this; repeatable.",
            ),
            click.option("--topic", "topics", multiple=True, help="Only items with this topic; repeatable."),
            click.option(
                "--item-language", "item_languages", multiple=True, help="Only answers asked for in it; repeatable."
            ),
            click.option(
                "--level", "item_levels", multiple=True, type=int, help="Only items of this level; repeatable."
            ),
            click.option(
                "--agreement",
                "least_agreement",
                type=click.FloatRange(0, 1),
                help="Only items on whose answers people agree at least so much.",
            ),
            click.option(
                "--split", "splits", multiple=True, metavar="NAME=SHARE", help="Such as train=0.9; repeatable."
            ),
            click.option("--seed", default="", help="Draws splits, and pseudonyms of this release's own."),
        )
    ):
        command = option(command)
    return command


def settings_with(formats: tuple[str, ...], scope: dict[str, Any]) -> ReleaseSettings:
    """What the options ask for."""
    splits: dict[str, float] = {}
    for pair in scope.pop("splits"):
        name, _equals, share = pair.partition("=")
        try:
            splits[name] = float(share)
        except ValueError as error:
            raise click.BadParameter("Name a split and its share, as in train=0.9.", param_hint="--split") from error
    days: dict[str, date | None] = {
        name: moment.date() if isinstance(moment := scope.pop(name), datetime) else None for name in ("since", "until")
    }
    return msgspec.convert(scope | days | {"formats": formats or None, "splits": splits}, ReleaseSettings)
