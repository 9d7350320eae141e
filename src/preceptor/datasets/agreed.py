"""Which items people agree on, where a release is to hold these alone.

Every two answers to an item are compared as the kind measures it, thing by thing that one of them says; their mean is
the item's agreement. An item that one person has answered has none.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from preceptor.datasets.operations.choosing import GivenAnswer, answers_by_item, enter_members
from preceptor.datasets.operations.releases import NothingAgreedError, ReleaseWork, note_members
from preceptor.kinds.registry import task_kind
from preceptor.kinds.scoring import agreement_of
from preceptor.kinds.task import InvalidAnswerError, TaskKind
from preceptor.lib.db import Database
from preceptor.projects.queries import form_at
from preceptor.projects.rules import ProjectTerms


async def enter_what_is_agreed_on(db: Database, *, work: ReleaseWork, terms: ProjectTerms) -> None:
    """Put the answers to such items into the release, all in one transaction; nothing where that was done before.

    Raises:
        NothingAgreedError: there is no such item.
    """
    least = work.settings.least_agreement
    if least is None or work.submissions:
        return
    kind = task_kind(terms.kind)
    forms: dict[int, Any] = {}
    count = 0
    async with db.write() as session:
        driver = await session.driver()
        async for answers in answers_by_item(driver, settings=work.settings, terms=terms):
            for version in {answer.form_version for answer in answers} - forms.keys():
                form = await form_at(session, project_id=terms.id, version=version)
                forms[version] = kind.decode_settings(form.settings)
            agreed = await asyncio.to_thread(_agreement, kind, forms, answers)
            if agreed is not None and agreed >= least:
                await enter_members(
                    driver, release_id=work.id, submission_ids=[answer.submission_id for answer in answers]
                )
                count += len(answers)
        if not count:
            raise NothingAgreedError
        await note_members(session, release_id=work.id, submissions=count)


def _agreement(kind: TaskKind[Any, Any, Any], forms: dict[int, Any], answers: Sequence[GivenAnswer]) -> float | None:
    if len(answers) < 2:  # noqa: PLR2004 (nobody agrees alone)
        return None
    said = []
    for answer in answers:
        try:
            said.append(kind.said(forms[answer.form_version], kind.decode_answer(answer.content)))
        except InvalidAnswerError:  # of a form that this version no longer reads
            return None
    return agreement_of(said)
