"""The rows of hiring."""

from preceptor.hiring.tables.applications import (
    Application,
    ApplicationAttempt,
    ApplicationStep,
)
from preceptor.hiring.tables.cases import (
    CaseFile,
    CaseRecordRow,
    CaseText,
    DueProcessCase,
)
from preceptor.hiring.tables.certifications import (
    Certificate,
    CertificateReminder,
    Certification,
    CertificationPrerequisite,
    ProjectNeed,
)
from preceptor.hiring.tables.engagements import (
    Engagement,
    EngagementEnd,
    EngagementLeave,
)
from preceptor.hiring.tables.exams import (
    Exam,
)
from preceptor.hiring.tables.offers import (
    OFFER_NUMBERS,
    Offer,
    OfferLanguage,
    OfferProject,
    OfferTerms,
    WorkForecast,
)

__all__ = [
    "OFFER_NUMBERS",
    "Application",
    "ApplicationAttempt",
    "ApplicationStep",
    "CaseFile",
    "CaseRecordRow",
    "CaseText",
    "Certificate",
    "CertificateReminder",
    "Certification",
    "CertificationPrerequisite",
    "DueProcessCase",
    "Engagement",
    "EngagementEnd",
    "EngagementLeave",
    "Exam",
    "Offer",
    "OfferLanguage",
    "OfferProject",
    "OfferTerms",
    "ProjectNeed",
    "WorkForecast",
]
