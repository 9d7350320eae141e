"""Which model a slug stands for, remembered for half a minute, with the embedded endpoint's address of this moment."""

import asyncio
import time
from pathlib import Path

import msgspec

from preceptor.lib.db import Database
from preceptor.lib.embedded.model import read_model_address
from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.settings import Settings
from preceptor.llms.keys import Key, Vault
from preceptor.llms.queries import EndpointToAsk, ModelToAsk, model_to_ask

CACHE_SECONDS = 30.0


class ModelDisabledError(UnavailableError):
    """An operator has switched the model or its endpoint off."""

    title = _("This model is switched off at present. A manager can choose another one for the project.")
    code = "model_disabled"


class ModelNotRunningError(UnavailableError):
    """The embedded model's server has not been started here."""

    title = _("The model that belongs to this installation is not running. Please try again in a minute.")
    code = "model_not_running"


def embedded_run_file(home: Path) -> Path:
    """Where the address of the embedded model's server stands while it runs."""
    return home / "run" / "model.json"


class Directory:
    """Finds models by slug. One per process.

    Args:
        db: where they are registered.
        settings: of this installation; `model_url` and `model_key` say where the embedded model is, else its run file.
    """

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._vault: Vault | None = None
        self._known: dict[str, tuple[float, ModelToAsk | None]] = {}

    async def find(self, slug: str) -> ModelToAsk:
        """What it takes to ask this model now. A change elsewhere is noticed within 30 seconds.

        Raises:
            NoSuchModelError: there is none of this slug.
            ModelDisabledError: it, or its endpoint, is disabled.
            ModelNotRunningError: it is the embedded one, and that does not run.
            KeyUnreadableError: the installation's secret has changed since the endpoint's key was stored.
        """
        known = self._known.get(slug)
        if known is None or known[0] <= time.monotonic():
            vault = await self.vault()
            async with self._db.read() as session:
                model = await model_to_ask(session, slug=slug, vault=vault)
            self._known[slug] = known = (time.monotonic() + CACHE_SECONDS, model)
        model = known[1]
        if model is None:
            raise ModelDisabledError
        return msgspec.structs.replace(model, endpoint=await self.located(model.endpoint))

    async def located(self, endpoint: EndpointToAsk) -> EndpointToAsk:
        """The endpoint with the address that it has now.

        Raises:
            ModelNotRunningError: it is the embedded one, and that does not run.
        """
        if not endpoint.embedded:
            return endpoint
        url, key = self._settings.model_url, self._settings.model_key
        if not url:
            address = await asyncio.to_thread(read_model_address, embedded_run_file(self._settings.home))
            if address is None:
                raise ModelNotRunningError
            url, key = address.url, address.key
        return msgspec.structs.replace(endpoint, base_url=url.rstrip("/"), key=Key(key) if key else None)

    async def vault(self) -> Vault:
        """What opens the endpoints' keys."""
        if self._vault is None:
            self._vault = await asyncio.to_thread(Vault.of, self._settings)
        return self._vault

    def forget(self) -> None:
        """Look everything up anew (after a change in this process)."""
        self._known.clear()
