"""Where the installation is, and its database, whether it runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from preceptor.lib.embedded.postgres import running_postgres
from preceptor.lib.settings import Settings, load_settings


@contextmanager
def installation() -> Iterator[Settings]:
    """The settings of this installation with an address in `database_url` that answers during the block.

    That is `DATABASE_URL`; else the embedded server, started for the block if it does not run already.

    Raises:
        EmbeddedError: the embedded server cannot be started.
    """
    settings = load_settings()
    if settings.database_url:
        yield settings
        return
    with running_postgres(settings.home) as url:
        yield msgspec.structs.replace(settings, database_url=url)
