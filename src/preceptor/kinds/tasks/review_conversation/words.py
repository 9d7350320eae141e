"""What verdicts and severities are called."""

from __future__ import annotations

from collections.abc import Mapping

from preceptor.kinds.triage import MessageVerdict, Severity, Verdict
from preceptor.lib.i18n import LazyText, _

VERDICT_NAMES: Mapping[Verdict, LazyText] = {
    "confirmed": _("Confirmed"),
    "not_a_problem": _("Not a problem"),
    "cannot_tell": _("Cannot tell"),
}
SEVERITY_NAMES: Mapping[Severity, LazyText] = {
    "low": _("Low"),
    "medium": _("Medium"),
    "high": _("High"),
    "critical": _("Critical"),
}
MESSAGE_VERDICT_NAMES: Mapping[MessageVerdict, LazyText] = {
    "fine": _("Fine"),
    "problem": _("Problem"),
    "worst": _("The worst"),
}
