"""Names of accounts."""

from uuid import UUID


def person_account(person_id: UUID) -> str:
    """What a person has earned and not been paid out yet."""
    return f"person:{person_id}"


def project_account(project_id: UUID) -> str:
    """What a project has cost."""
    return f"project:{project_id}"
