"""The rows of hiring."""

from preceptor.hiring.tables.cases import (
    CaseRecordRow,
    CaseText,
    DueProcessCase,
)

__all__ = [
    "CaseRecordRow",
    "CaseText",
    "DueProcessCase",
]
