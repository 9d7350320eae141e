"""Changing hiring."""

from preceptor.hiring.operations.admitting import (
    admit,
    application_exam_failed,
    application_exam_passed,
    fill_waiting_lists,
    forecast_projects,
    refuse,
    set_forecast,
)
from preceptor.hiring.operations.applying import (
    AppliedAlreadyError,
    apply_as_stranger,
    apply_signed_in,
    confirm_application,
    sweep_applications,
    withdraw_application,
)
from preceptor.hiring.operations.case_duties import (
    tell_of_due_cases,
)
from preceptor.hiring.operations.case_files import attach_case_file
from preceptor.hiring.operations.cases import (
    CaseClosedError,
    NobodyDecidesError,
    OwnCaseError,
    announce_case,
    answer_transfer,
    appeal_case,
    decide_appeal,
    end_work,
    withdraw_case,
)
from preceptor.hiring.operations.certificates import (
    CertificateRevokedError,
    NoSuchCertificateError,
    certify_by_exam,
    grant_certification,
    revoke_certificate,
    tell_of_expiry,
)
from preceptor.hiring.operations.certifications import (
    CertificationNameTakenError,
    add_certification,
    change_certification,
)
from preceptor.hiring.operations.engaging import (
    accept_offer,
    change_rate,
    decline_offer,
    end_engagement,
    lapse_unanswered,
)
from preceptor.hiring.operations.exams import (
    NotAnExamError,
    set_exam,
)
from preceptor.hiring.operations.leaving import leave_ended
from preceptor.hiring.operations.needs import set_project_need
from preceptor.hiring.operations.offers import (
    add_offer,
    change_offer,
    close_due_offers,
    close_offer,
    copy_offer,
    publish_offer,
)
from preceptor.hiring.queries.holders import NoSuchCertificationError

__all__ = [
    "AppliedAlreadyError",
    "CaseClosedError",
    "CertificateRevokedError",
    "CertificationNameTakenError",
    "NoSuchCertificateError",
    "NoSuchCertificationError",
    "NobodyDecidesError",
    "NotAnExamError",
    "OwnCaseError",
    "accept_offer",
    "add_certification",
    "add_offer",
    "admit",
    "announce_case",
    "answer_transfer",
    "appeal_case",
    "application_exam_failed",
    "application_exam_passed",
    "apply_as_stranger",
    "apply_signed_in",
    "attach_case_file",
    "certify_by_exam",
    "change_certification",
    "change_offer",
    "change_rate",
    "close_due_offers",
    "close_offer",
    "confirm_application",
    "copy_offer",
    "decide_appeal",
    "decline_offer",
    "end_engagement",
    "end_work",
    "fill_waiting_lists",
    "forecast_projects",
    "grant_certification",
    "lapse_unanswered",
    "leave_ended",
    "publish_offer",
    "refuse",
    "revoke_certificate",
    "set_exam",
    "set_forecast",
    "set_project_need",
    "sweep_applications",
    "tell_of_due_cases",
    "tell_of_expiry",
    "withdraw_application",
    "withdraw_case",
]
