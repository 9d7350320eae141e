"""Reading imports and releases."""

from preceptor.datasets.queries.access import access_data_project, reads_releases
from preceptor.datasets.queries.billing import Margin, OrderProgress, order_margin, order_progress
from preceptor.datasets.queries.deliveries import DeliveryView, credited_names, list_deliveries
from preceptor.datasets.queries.differences import ReleaseDifference, release_difference
from preceptor.datasets.queries.imports import (
    ImportView,
    LineProblem,
    NoSuchImportError,
    access_import,
    import_file_key,
    list_import_problems,
    list_imports,
)
from preceptor.datasets.queries.releases import (
    FileView,
    NoSuchFileError,
    NoSuchReleaseError,
    ReleaseSummary,
    ReleaseView,
    access_release,
    access_release_by_id,
    file_of,
    list_releases,
    newest_releases,
    release_key,
)
from preceptor.datasets.queries.similarity import SearchView, SimilarPair, list_similar, newest_search

__all__ = [
    "DeliveryView",
    "FileView",
    "ImportView",
    "LineProblem",
    "Margin",
    "NoSuchFileError",
    "NoSuchImportError",
    "NoSuchReleaseError",
    "OrderProgress",
    "ReleaseDifference",
    "ReleaseSummary",
    "ReleaseView",
    "SearchView",
    "SimilarPair",
    "access_data_project",
    "access_import",
    "access_release",
    "access_release_by_id",
    "credited_names",
    "file_of",
    "import_file_key",
    "list_deliveries",
    "list_import_problems",
    "list_imports",
    "list_releases",
    "list_similar",
    "newest_releases",
    "newest_search",
    "order_margin",
    "order_progress",
    "reads_releases",
    "release_difference",
    "release_key",
]
