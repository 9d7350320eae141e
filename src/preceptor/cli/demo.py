"""`preceptor demo`: everything on this machine, with people, a project and a model to try it with."""

import asyncio
import ipaddress
import os
import sys

import click
import msgspec

from preceptor.cli.house import run_house
from preceptor.lib.settings import Settings, load_settings


@click.command()
@click.option("--host", help="Address to listen on. Default: this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on. Default: 8080.")
@click.option("--practice", is_flag=True, help="Use the practice model instead of the language model.")
@click.option("--logs", is_flag=True, help="Show what the programs print; otherwise it is in the folder “logs”.")
def command(host: str | None, port: int | None, practice: bool, logs: bool) -> None:  # noqa: FBT001
    """Try Preceptor: database, language model, web and worker, with demo accounts."""
    settings = load_settings()
    given = {"host": host, "port": port}
    settings = msgspec.structs.replace(
        settings, demo=True, **{name: value for name, value in given.items() if value is not None}
    )
    settings = _with_payer(settings)
    if "PRECEPTOR_BASE_URL" not in os.environ:
        settings = msgspec.structs.replace(settings, base_url=f"http://127.0.0.1:{settings.port}")
    if not _is_this_machine(settings.host):
        click.echo(f"Note: the demo accounts have well-known passwords, and {settings.host} is open to other machines.")
    click.echo(f"Preceptor keeps its data in {settings.home}")
    run_house(
        settings,
        setup=[sys.executable, "-m", "preceptor.cli.demo"],
        model="practice" if practice else "embedded",
        wait_for_health=True,
        echo=logs,
        ready=_announce,
    )
    click.echo(f"Stopped. The data stays in {settings.home}")


def _with_payer(settings: Settings) -> Settings:
    from preceptor.cli.demo_house.money import with_payer  # noqa: PLC0415 (brings half the house along)

    return with_payer(settings)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _announce(settings: Settings) -> None:
    from preceptor.cli.demo_house import ACCOUNTS  # noqa: PLC0415 (brings half the house along)

    click.echo(f"\nPreceptor is open at {settings.base_url}\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.role:<14} {account.email:<32} {account.password}")
    click.echo("\nCtrl-C stops everything.")


def fill(settings: Settings) -> None:
    """Bring the schema up to date and load the demo data where nobody is there yet. Runs in a process of its own.

    Data that an earlier start was broken off from loading is thrown away and loaded anew: half a demo leads nowhere.
    """
    from preceptor import migrations  # noqa: PLC0415 (only this process needs them)
    from preceptor.cli import demo_house  # noqa: PLC0415

    if demo_house.unfinished(settings).exists():
        migrations.clear(settings.database_url)
    migrations.upgrade(settings.database_url)
    asyncio.run(demo_house.load(settings))


if __name__ == "__main__":
    fill(load_settings())
