"""The rows of hiring."""

from preceptor.hiring.tables.cases import (
    CaseRecordRow,
    CaseText,
    DueProcessCase,
)
from preceptor.hiring.tables.certifications import (
    Certificate,
    Certification,
    CertificationPrerequisite,
    ProjectNeed,
)

__all__ = [
    "CaseRecordRow",
    "CaseText",
    "Certificate",
    "Certification",
    "CertificationPrerequisite",
    "DueProcessCase",
    "ProjectNeed",
]
