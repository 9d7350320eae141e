"""The view of an assignment that was just made."""

from datetime import datetime

from preceptor.projects.rules import ProjectTerms
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.submitting import Form
from preceptor.work.queries.views import AssignmentView, ViewedAssignment, given_turns, view_of
from preceptor.work.rules.admission import Admission
from preceptor.work.rules.clock import Spent


def fresh_view(
    found: NewAssignment,
    admission: Admission,
    *,
    terms: ProjectTerms,
    form: Form,
    prefetch: bool,
    now: datetime,
) -> AssignmentView:
    """The view of an assignment that was just made: nothing needs to be looked up but what is known already."""
    row = ViewedAssignment(
        id=found.id,
        state="prefetched" if prefetch else "active",
        item_id=found.item_id,
        brief=found.brief,
        topic=found.topic,
        content=found.content,
        form_version=terms.form_version,
        guidelines_version=terms.guidelines_version,
        rate=admission.rate,
        cap_ms=admission.cap_ms,
        spent=Spent(),
        lease_until=now + terms.lease,
        rework_round=0,
        task_minor=admission.task_minor,
        categories=found.categories,
    )
    return view_of(
        row,
        terms=terms,
        kind=form.kind,
        settings=form.settings,
        turns=given_turns(form.kind, row),
        draft=None,
        acknowledged_version=found.acknowledged_version,
    )
