"""Changing hiring."""

from preceptor.hiring.operations.case_duties import tell_of_due_cases
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
)
from preceptor.hiring.operations.certifications import (
    CertificationNameTakenError,
    NoSuchCertificationError,
    add_certification,
    change_certification,
    set_project_need,
)

__all__ = [
    "CaseClosedError",
    "CertificateRevokedError",
    "CertificationNameTakenError",
    "NoSuchCertificateError",
    "NoSuchCertificationError",
    "NobodyDecidesError",
    "OwnCaseError",
    "add_certification",
    "announce_case",
    "answer_transfer",
    "appeal_case",
    "certify_by_exam",
    "change_certification",
    "decide_appeal",
    "end_work",
    "grant_certification",
    "revoke_certificate",
    "set_project_need",
    "tell_of_due_cases",
    "withdraw_case",
]
