"""`preceptor demo`: everything on this machine, with people, a project and a model to try it with."""

import asyncio
import ipaddress
import os
import sys

import click
import msgspec

from preceptor.cli.demo_house import ACCOUNTS, unfinished, with_payer
from preceptor.cli.house import run_house
from preceptor.lib.settings import Settings, load_settings
from preceptor.lib.starting import unhurried_collector


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
    settings = with_payer(settings)
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


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _announce(settings: Settings) -> None:
    click.echo(f"\nPreceptor is open at {settings.base_url}\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.role:<14} {account.email:<32} {account.password}")
    click.echo("\nCtrl-C stops everything.")


def fill(settings: Settings) -> None:
    """Bring the schema up to date and load the demo data where nobody is there yet. Runs in a process of its own.

    Data that an earlier start was broken off from loading is thrown away and loaded anew: half a demo leads nowhere.
    Where everything is there, which a start mostly finds, only what shows that is loaded.
    """
    from preceptor import migrations  # noqa: PLC0415 (only this process needs them)

    if unfinished(settings).exists():
        migrations.clear(settings.database_url)
    if migrations.pending(settings.database_url):
        migrations.upgrade(settings.database_url)
    if asyncio.run(_has_people(settings)):
        return
    with unhurried_collector():
        from preceptor.cli.demo_house.load import load  # noqa: PLC0415 (brings the house along)
    asyncio.run(load(settings))


async def _has_people(settings: Settings) -> bool:
    from preceptor.lib.db import Database  # noqa: PLC0415 (as above)
    from preceptor.people.queries import count_people  # noqa: PLC0415

    db = Database(settings.database_url, pool_size=1, label="preceptor-demo")
    try:
        async with db.read() as session:
            return bool(await count_people(session))
    finally:
        await db.close()


if __name__ == "__main__":
    fill(load_settings())
