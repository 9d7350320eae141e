"""The rows of hiring."""

from preceptor.hiring.tables.applications import (
    Application,
    ApplicationAttempt,
    ApplicationStep,
)
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
from preceptor.hiring.tables.engagements import (
    Engagement,
    EngagementEnd,
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
    "CaseRecordRow",
    "CaseText",
    "Certificate",
    "Certification",
    "CertificationPrerequisite",
    "DueProcessCase",
    "Engagement",
    "EngagementEnd",
    "Exam",
    "Offer",
    "OfferLanguage",
    "OfferProject",
    "OfferTerms",
    "ProjectNeed",
    "WorkForecast",
]
