"""What happens to imports and releases. The subject is the import or the release."""

from typing import ClassVar

from preceptor.lib.events import Event


class ImportRequested(Event, frozen=True, kw_only=True):
    """A file was handed in to become items; `confirmed`: they may be added without asking again."""

    name: ClassVar[str] = "datasets.import_requested"

    format: str
    confirmed: bool


class ImportConfirmed(Event, frozen=True, kw_only=True):
    """Somebody saw the outcome of the check and wants the items added."""

    name: ClassVar[str] = "datasets.import_confirmed"

    on_problem: str


class ImportDiscarded(Event, frozen=True, kw_only=True):
    """Somebody saw the outcome of the check and wants nothing added; or nobody decided in time."""

    name: ClassVar[str] = "datasets.import_discarded"


class ImportChecked(Event, frozen=True, kw_only=True):
    """The whole file was read, and nothing was added yet."""

    name: ClassVar[str] = "datasets.import_checked"

    good: int
    duplicates: int
    problems: int


class ImportFinished(Event, frozen=True, kw_only=True):
    """The items of a file are in the queue."""

    name: ClassVar[str] = "datasets.import_finished"

    items: int
    duplicates: int
    problems: int


class ImportFailed(Event, frozen=True, kw_only=True):
    """A file could not be imported. `items`: those that were added before that showed."""

    name: ClassVar[str] = "datasets.import_failed"

    items: int


class ReleaseFrozen(Event, frozen=True, kw_only=True):
    """The accepted work of a project was frozen under a number; its files are still to be written."""

    name: ClassVar[str] = "datasets.release_frozen"

    number: int
    submissions: int


class ReleaseRetried(Event, frozen=True, kw_only=True):
    """The files of a release that could not be written are to be written again."""

    name: ClassVar[str] = "datasets.release_retried"


class ReleaseWritten(Event, frozen=True, kw_only=True):
    """The files of a release are complete."""

    name: ClassVar[str] = "datasets.release_written"

    files: int
    bytes: int


class ReleaseFailed(Event, frozen=True, kw_only=True):
    """The files of a release could not be written."""

    name: ClassVar[str] = "datasets.release_failed"


class ReleaseDownloaded(Event, frozen=True, kw_only=True):
    """Somebody took a file of a release, or with an empty `path` all of them."""

    name: ClassVar[str] = "datasets.release_downloaded"

    path: str


class SimilarityRequested(Event, frozen=True, kw_only=True):
    """Somebody wants to know which items of a project are nearly the same. The subject is the search."""

    name: ClassVar[str] = "datasets.similarity_requested"

    likeness: float


class SimilarityFound(Event, frozen=True, kw_only=True):
    """All open items of a project were compared. The subject is the search."""

    name: ClassVar[str] = "datasets.similarity_found"

    items: int
    found: int


class DeliveryDecided(Event, frozen=True, kw_only=True):
    """The client accepted a release, or said what it lacks. The subject is the release."""

    name: ClassVar[str] = "datasets.delivery_decided"

    verdict: str
