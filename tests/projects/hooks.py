"""A webhook of a project, a receiver, and what brings messages from one to the other."""

from datetime import timedelta

import pytest

from preceptor.flow import fold_events
from preceptor.lib.clock import utc_now
from preceptor.lib.networks import parse_networks
from preceptor.lib.posting import Poster
from preceptor.people.rules import SYSTEM
from preceptor.projects import operations
from preceptor.projects.courier import Courier, webhook_sealer
from preceptor.projects.queries import access_webhook, list_deliveries
from preceptor.projects.rules import WebhookEvent
from tests.lib.receiver import receiver

HERE = parse_networks("127.0.0.0/8")


@pytest.fixture
async def there():
    async with receiver() as one:
        yield one


@pytest.fixture
def sealer(settings):
    return webhook_sealer(settings)


@pytest.fixture
async def courier(db, sealer):
    one = Courier(db, poster=Poster(allowed=HERE, seconds=1), sealer=sealer)
    yield one
    await one.close()


class Hook:
    """A webhook of a project, and what tests do with it."""

    def __init__(self, db, courier, made, project):
        self.db, self.courier, self.project = db, courier, project
        self.id, self.secret = made.id, made.secret

    async def do(self, name, **given):
        async with self.db.write() as session:
            return await getattr(operations, name)(session, actor=SYSTEM, webhook_id=self.id, now=utc_now(), **given)

    async def view(self):
        async with self.db.read() as session:
            return await access_webhook(session, actor=SYSTEM, webhook_id=self.id, now=utc_now())

    async def deliveries(self):
        async with self.db.read() as session:
            return (await list_deliveries(session, actor=SYSTEM, webhook_id=self.id, now=utc_now())).rows

    async def happen(self, times=1):
        """Let the project be paused and opened, and the events be read."""
        for number in range(times):
            operation = operations.close_project if number % 2 else operations.pause_project
            async with self.db.write() as session:
                await operation(session, actor=SYSTEM, slug=self.project.slug)
        await fold_events(self.db)

    async def send(self, later=timedelta()):
        """Send what is due by then, and wait for the outcome."""
        found = await self.courier.send_due(now=utc_now() + later)
        await self.courier.settle()
        return found


@pytest.fixture
async def project(ready_project, db):
    made = await ready_project()
    async with db.write() as session:
        await operations.open_project(session, actor=SYSTEM, slug=made.slug)
    await fold_events(db)
    return made


@pytest.fixture
def make_hook(db, courier, project, sealer):
    async def make(address, *, events=(WebhookEvent.STATE_CHANGED,), networks=HERE):
        async with db.write() as session:
            made = await operations.add_webhook(
                session,
                actor=SYSTEM,
                sealer=sealer,
                networks=networks,
                slug=project.slug,
                address=address,
                events=events,
            )
        return Hook(db, courier, made, project)

    return make


@pytest.fixture
async def hook(make_hook, there):
    return await make_hook(f"http://127.0.0.1:{there.port}/hooks")
