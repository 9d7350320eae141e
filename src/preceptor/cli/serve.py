"""`preceptor serve`: an installation for real work."""

import sys

import click
import msgspec

from preceptor.cli.house import WEIGHTS_PACKAGE, run_house
from preceptor.lib.embedded.model import find_weights
from preceptor.lib.settings import Settings, load_settings


@click.command()
@click.option("--host", help="Address to listen on (PRECEPTOR_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (PRECEPTOR_PORT).")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes (PRECEPTOR_WEB_WORKERS).")
@click.option(
    "--embedded-model/--no-embedded-model",
    default=None,
    help="Run the small embedded language model too. Default: where its weights are installed.",
)
def command(host: str | None, port: int | None, workers: int | None, embedded_model: bool | None) -> None:  # noqa: FBT001
    """Run web and worker, and the database too unless DATABASE_URL names one."""
    settings = load_settings()
    given = {"host": host, "port": port, "web_workers": workers}
    settings = msgspec.structs.replace(settings, **{name: value for name, value in given.items() if value is not None})
    if embedded_model is None:
        embedded_model = find_weights(WEIGHTS_PACKAGE) is not None
    run_house(
        settings,
        setup=[sys.executable, "-m", "preceptor", "db", "upgrade"],
        model="embedded" if embedded_model else "none",
        wait_for_health=False,
        echo=True,
        ready=_announce,
    )


def _announce(settings: Settings) -> None:
    click.echo(f"Serving {settings.base_url} on {settings.host}, port {settings.port}.")
