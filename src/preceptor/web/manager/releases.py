"""Releases: freezing accepted work, seeing its files come to be, and taking them. Managers and clients share these."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from markupsafe import Markup

from preceptor.datasets import ReleaseSettings, ReleaseState, ReviewWord
from preceptor.datasets.downloading import (
    archive_chunks,
    digest_header,
    download_name,
    file_place,
    media_type,
)
from preceptor.datasets.formats import every_release_format, release_formats
from preceptor.datasets.formats.interface import Format
from preceptor.datasets.operations import (
    DeliveryVerdict,
    NothingAcceptedError,
    freeze_release,
    note_download,
    retry_release,
)
from preceptor.datasets.queries import (
    DeliveryView,
    FileView,
    ReleaseSummary,
    ReleaseView,
    access_data_project,
    access_release,
    file_of,
    list_deliveries,
    list_releases,
    release_key,
)
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.storage import storage_of
from preceptor.lib.text import render_markdown
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.downloads import download, download_file
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.work.queries.counts import project_counts

CARD = "README.md"
CARD_BYTES = 200_000
"""Of a dataset card that is shown; real ones have a few thousand."""

LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "apache-2.0", "odc-by")
"""Offered, not required; any other name can be written."""


class Frame(msgspec.Struct, frozen=True):
    """The project whose releases are shown, and to whom."""

    project: ProjectView
    manages: bool
    may_freeze: bool

    @property
    def crumbs(self) -> list[tuple[LazyText | str, str]]:
        """The way here, as this person came."""
        project = self.project
        if self.manages:
            return [(_("Projects"), "/projects"), (project.title, f"/projects/{project.slug}")]
        return [(_("Projects"), "/client"), (project.title, f"/client/{project.slug}")]


class ReleasesPage(msgspec.Struct, frozen=True):
    """The releases of a project."""

    frame: Frame
    releases: list[ReleaseSummary]
    next_cursor: str | None
    accepted: int
    """Submissions that a release would hold now."""
    moving: bool


class FreezeFields(msgspec.Struct, frozen=True):
    """The form. `settings` are numbers by format, in text."""

    formats: list[str] = []
    settings: dict[str, dict[str, int]] = {}
    licence: str = ""
    languages: str = ""
    since: date | None = None
    until: date | None = None
    topics: str = ""
    reviews: list[str] = []
    item_languages: str = ""
    item_levels: list[int] = []
    least_agreement: float | None = None
    splits: str = ""
    seed: str = ""


REVIEWS: tuple[tuple[ReviewWord, LazyText], ...] = (
    ("accepted", _("Accepted by a reviewer")),
    ("corrected", _("Accepted with a correction")),
    ("unreviewed", _("Accepted without a review")),
    ("imported", _("Imported as finished")),
)


class FreezePage(msgspec.Struct, frozen=True):
    """The form to freeze a release."""

    frame: Frame
    form: Filled
    formats: list[Format[Any]]
    licences: Sequence[str]
    accepted: int
    reviews: tuple[tuple[str, LazyText], ...] = REVIEWS

    @property
    def format_choices(self) -> list[tuple[str, LazyText, str]]:
        """Names, titles and the folder each is written to, for checkboxes."""
        return [(form.name, form.title, f"{form.name}/") for form in self.formats]


class FileGroup(msgspec.Struct, frozen=True):
    """The files of one format."""

    title: LazyText
    about: str
    files: list[FileView]


class ReleasePage(msgspec.Struct, frozen=True):
    """One release."""

    frame: Frame
    release: ReleaseSummary
    settings: ReleaseSettings
    chosen: list[tuple[LazyText, object]]
    """What formats were set to, in words."""
    groups: list[FileGroup]
    lacking: list[LazyText]
    """Formats that were asked for and have no files, because nothing fits them."""
    card: Markup | None
    said: list[DeliveryView]
    """What the client said of it, newest first."""
    may_decide: bool


async def _frame(request: Request[Actor], slug: str) -> Frame:
    actor = request.actor
    async with request.db.read() as session:
        project = await access_data_project(session, actor=actor, slug=slug)
    return Frame(project, actor.may(Permission.PROJECT_READ), actor.may(Permission.RELEASE_CREATE))


@get("/projects/{slug:str}/releases", name="project.releases")
async def show_releases(request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str] = "") -> Response[str]:
    """The releases of a project, newest first; the list alone while one of them is being written."""
    frame = await _frame(request, slug)
    async with request.db.read() as session:
        found = await list_releases(session, actor=request.actor, slug=slug, cursor=cursor or None)
        accepted = (await project_counts(session, project_id=frame.project.id)).accepted
    view = ReleasesPage(
        frame=frame,
        releases=found.rows,
        next_cursor=found.next_cursor,
        accepted=accepted,
        moving=any(one.is_moving for one in found.rows),
    )
    return page(request, "web/manager/releases.html", view, block="list" if request.is_fragment else None)


@get("/projects/{slug:str}/releases/new", name="project.releases.new")
async def show_new(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The form, filled in as the last release was."""
    request.actor.require(Permission.RELEASE_CREATE)
    async with request.db.read() as session:
        newest = (await list_releases(session, actor=request.actor, slug=slug)).rows[:1]
        settings = ReleaseSettings()
        if newest:
            last = await access_release(session, actor=request.actor, slug=slug, number=newest[0].number)
            settings = last.settings
    names = [form.name for form in every_release_format()]
    usual = [form.name for form in release_formats()]
    return await _form(
        request,
        slug,
        Filled(
            {
                "formats": [name for name in settings.formats or usual if name in names],
                "settings": settings.settings,
                "licence": settings.licence,
                "languages": " ".join(settings.languages),
                "splits": " ".join(f"{name}={share:g}" for name, share in settings.splits.items()),
                "seed": settings.seed,
            }
        ),
    )


async def _form(request: Request[Actor], slug: str, form: Filled, *, status: int = 200) -> Response[str]:
    frame = await _frame(request, slug)
    async with request.db.read() as session:
        accepted = (await project_counts(session, project_id=frame.project.id)).accepted
    view = FreezePage(frame=frame, form=form, formats=every_release_format(), licences=LICENCES, accepted=accepted)
    return page(request, "web/manager/release_form.html", view, status=status)


@post("/projects/{slug:str}/releases/new", name="project.releases.freeze")
async def do_freeze(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Freeze what is accepted now."""
    tree = nest_form((await request.form()).multi_items(), lists={"formats", "reviews"})
    try:
        settings = _settings(convert_form(tree, FreezeFields))
        async with request.db.write() as session:
            made = await freeze_release(session, actor=request.actor, slug=slug, settings=settings, now=request.now)
    except (InvalidError, NothingAcceptedError) as error:
        return await _form(request, slug, Filled(tree, problems_of(error)), status=error.status)
    return redirect(request, f"/projects/{slug}/releases/{made.number}")


def _settings(fields: FreezeFields) -> ReleaseSettings:
    """The settings a form asks for. The usual formats are meant where just these are ticked, later plug-ins' too."""
    known = {form.name for form in every_release_format()}
    usual = {form.name for form in release_formats()}
    given = {name: values for name, values in fields.settings.items() if values}
    if strange := given.keys() - known:
        raise InvalidError(fields=[FieldProblem("formats", _("There is no such format.")) for _name in strange])
    return ReleaseSettings(
        formats=None if usual == set(fields.formats) else tuple(fields.formats),
        settings={name: dict(values) for name, values in given.items() if name in fields.formats},
        licence=fields.licence,
        languages=tuple(fields.languages.replace(",", " ").split()),
        since=fields.since,
        until=fields.until,
        topics=tuple(topic.strip() for topic in fields.topics.splitlines() if topic.strip()),
        item_languages=tuple(fields.item_languages.replace(",", " ").split()),
        item_levels=tuple(sorted(set(fields.item_levels))),
        least_agreement=fields.least_agreement,
        reviews=tuple(word for word, _name in REVIEWS if word in fields.reviews),
        splits=_shares(fields.splits),
        seed=fields.seed.strip(),
    )


def _shares(text: str) -> dict[str, float]:
    """Splits and their shares, as in `train=0.9 test=0.1`.

    Raises:
        InvalidError: it is written otherwise.
    """
    splits: dict[str, float] = {}
    for pair in text.replace(",", " ").split():
        name, _equals, share = pair.partition("=")
        try:
            splits[name] = float(share)
        except ValueError as error:
            message = _("Name each split and its share, as in {example}.").format(example="train=0.9 test=0.1")
            raise InvalidError(fields=[FieldProblem("splits", message)]) from error
    return splits


@get("/projects/{slug:str}/releases/{number:int}", name="project.release")
async def show_release(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """One release: how far its files are, and once they are there, the files."""
    frame = await _frame(request, slug)
    async with request.db.read() as session:
        release = await access_release(session, actor=request.actor, slug=slug, number=number)
        said = await list_deliveries(session, actor=request.actor, slug=slug, number=number)
    owns = frame.project.client.id in request.actor.client_ids
    accepted = any(one.verdict == DeliveryVerdict.ACCEPTED.value for one in said)
    done = release.summary.state is ReleaseState.DONE
    view = ReleasePage(
        said=said,
        may_decide=request.actor.may(Permission.DELIVERY_DECIDE) and owns and done and not accepted,
        frame=frame,
        release=release.summary,
        settings=release.settings,
        chosen=_chosen(release.settings),
        groups=_groups(release.files),
        lacking=[form.title for form in every_release_format() if form.name in release.lacking],
        card=await _card(request, release),
    )
    return page(request, "web/manager/release.html", view, block="release" if request.is_fragment else None)


def _chosen(settings: ReleaseSettings) -> list[tuple[LazyText, object]]:
    return [
        (asked.label, settings.settings[form.name][asked.name])
        for form in every_release_format()
        for asked in form.asks
        if asked.name in settings.settings.get(form.name, {})
    ]


def _groups(files: Sequence[FileView]) -> list[FileGroup]:
    groups: dict[str, list[FileView]] = {}
    for file in files:
        folder, slash, _name = file.path.partition("/")
        groups.setdefault(folder if slash else "", []).append(file)
    loose = groups.pop("", [])
    forms = {form.name: form for form in every_release_format()}
    found = []
    for folder, inside in groups.items():
        form = forms.get(folder)
        title = form.title if form else LazyText("{name}", values=(("name", folder),))
        found.append(FileGroup(title, form.about if form else "", inside))
    return [*found, *([FileGroup(_("Card and checksums"), "", loose)] if loose else [])]


async def _card(request: Request[Actor], release: ReleaseView) -> Markup | None:
    """The dataset card as a page shows it, without the head that only programs read."""
    if not any(file.path == CARD for file in release.files):
        return None
    path = storage_of(request.settings).path(f"{release_key(release.summary.id)}/{CARD}")
    text = await asyncio.to_thread(_beginning, path)
    head, _mark, body = text.removeprefix("---\n").partition("\n---\n")
    return render_markdown(body or head) if text else None


def _beginning(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8", errors="replace") as stream:
        return stream.read(CARD_BYTES)


@post("/projects/{slug:str}/releases/{number:int}/retry", name="project.release.retry")
async def do_retry(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """Write the files again."""
    address = f"/projects/{slug}/releases/{number}"
    try:
        async with request.db.write() as session:
            await retry_release(session, actor=request.actor, slug=slug, number=number)
    except ConflictError as error:  # a second click, or a colleague's
        return redirect(request, address, said=error.title, kind="warn")
    return redirect(request, address)


@get("/projects/{slug:str}/releases/{number:int}/files/{path:path}", name="project.release.file")
async def take(request: Request[Actor], slug: FromPath[str], number: FromPath[int], path: FromPath[str]) -> Stream:
    """One file, to be saved."""
    async with request.db.read() as session:
        release = await access_release(session, actor=request.actor, slug=slug, number=number)
    file = file_of(release, path.lstrip("/"))
    place = file_place(storage_of(request.settings), release, file)
    async with request.db.write() as writing:
        await note_download(writing, actor=request.actor, release=release, path=file.path)
    return download_file(
        request,
        place,
        name=download_name(release, file.path),
        media_type=media_type(file.path),
        size=file.bytes,
        tag=file.sha256,
        headers={"repr-digest": digest_header(file)},
    )


@get("/projects/{slug:str}/releases/{number:int}/archive", name="project.release.archive")
async def take_all(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Stream:
    """All files as one archive, to be saved."""
    async with request.db.read() as session:
        release = await access_release(session, actor=request.actor, slug=slug, number=number)
    chunks = archive_chunks(storage_of(request.settings), release)
    async with request.db.write() as writing:
        await note_download(writing, actor=request.actor, release=release)
    return download(chunks, name=download_name(release), media_type="application/zip")


handlers = [show_releases, show_new, do_freeze, show_release, do_retry, take, take_all]
