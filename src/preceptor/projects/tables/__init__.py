"""The rows of projects."""

from preceptor.projects.tables.projects import (
    ClientOrganisation,
    FormVersion,
    GuidelinesAcknowledgement,
    GuidelinesVersion,
    Project,
    ProjectTeam,
    WebhookDelivery,
    WebhookSubscription,
)

__all__ = [
    "ClientOrganisation",
    "FormVersion",
    "GuidelinesAcknowledgement",
    "GuidelinesVersion",
    "Project",
    "ProjectTeam",
    "WebhookDelivery",
    "WebhookSubscription",
]
