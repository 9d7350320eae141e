"""`preceptor report`: figures for everybody to read."""

import csv
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import click

from preceptor.cli.doors import run
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.i18n import gettext
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM
from preceptor.quality.queries.transparency import TransparencyReport, csv_rows, transparency_report

STYLE = """
:root { color-scheme: light dark; }
a { color: #0d5c56; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1d1b16; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: start; padding: .35rem .6rem; border-bottom: 1px solid #c9c5ba; }
td { text-align: end; font-variant-numeric: tabular-nums; }
thead th:not(:first-child) { text-align: end; }
p.how { color: #55514a; }
.wide { overflow-x: auto; }
@media (prefers-color-scheme: dark) {
  a { color: #76cfc2; }
  body { color: #e9e6df; background: #16171a; } p.how { color: #b0aca3; } th, td { border-color: #44474d; }
}
"""


@click.group()
def command() -> None:
    """Write reports."""


@command.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write into.")
@click.option("--days", type=click.IntRange(1, 3_660), default=365, help="How far back, from today.")
def transparency(out: Path, days: int) -> None:
    """Write pay, rejections, removals, appeals, exposure and unpaid time as a page and as CSV files.

    Groups of fewer than five people are left out.
    """
    now = utc_now()
    until = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)

    async def work(db: Database, _settings: Settings) -> TransparencyReport:
        async with db.read() as session:
            return await transparency_report(
                session, actor=SYSTEM, since=until - timedelta(days=days), until=until, now=now
            )

    report = run(work)
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(page_of(report), encoding="utf-8")
    for table in report.tables:
        with (out / f"{table.key}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(csv_rows(table))
    click.echo(f"Written: {out / 'index.html'} and {len(report.tables)} CSV files.")


def page_of(report: TransparencyReport) -> str:
    """The report as one HTML page that needs nothing else."""
    title = gettext("Transparency report")
    span = gettext("From {since} up to {until} (UTC). Groups of fewer than five people are left out.").format(
        since=report.since.isoformat(), until=report.until.isoformat()
    )
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1><p>{escape(span)}</p>",
    ]
    for table in report.tables:
        heading, *rows = csv_rows(table)
        names = (gettext("Group"), gettext("People (n)"), *heading[2:-1])
        cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in names)
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>'
            + "".join(f"<td>{escape(cell) or '–'}</td>" for cell in row[1:-1])
            + "</tr>"
            for row in rows
        )
        parts.append(
            f'<section aria-labelledby="{table.key}"><h2 id="{table.key}">{escape(str(table.title))}</h2>'
            f'<p class="how">{escape(str(table.formula))} '
            f'<a href="{table.key}.csv">CSV</a></p>'
            f'<div class="wide" tabindex="0" role="region" aria-labelledby="{table.key}"><table>'
            f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )
    return "".join([*parts, "</main></body></html>\n"])
