"""What stands in a folder of its own: a form field or a task kind with everything that belongs to it."""

from __future__ import annotations

import inspect
from pathlib import Path


class InFolder:
    """Something whose class is declared in the folder that holds its page, its script and its words."""

    @property
    def folder(self) -> Path:
        """Where everything of it stands."""
        return Path(inspect.getfile(type(self))).parent

    @property
    def locale_folder(self) -> Path:
        """`<language>/LC_MESSAGES/<key>.po`; the catalogues of a plug-in travel with it."""
        return self.folder / "locale"
