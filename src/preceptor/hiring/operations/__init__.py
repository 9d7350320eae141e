"""Changing hiring."""

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
    "CertificateRevokedError",
    "CertificationNameTakenError",
    "NoSuchCertificateError",
    "NoSuchCertificationError",
    "add_certification",
    "certify_by_exam",
    "change_certification",
    "grant_certification",
    "revoke_certificate",
    "set_project_need",
]
