"""The rows of work: the queue, assignments, conversations, submissions, time and exposure."""

from preceptor.work.tables.answers import Submission, SubmissionBody
from preceptor.work.tables.assets import Asset
from preceptor.work.tables.assignments import Assignment, AssignmentNote, Clock, Draft, TimeEntry
from preceptor.work.tables.conversations import Response, Turn
from preceptor.work.tables.paying import CapClaim, Stint, TopUp
from preceptor.work.tables.queue import Item, ProjectTally, QueueGroup, Slot
from preceptor.work.tables.reports import Report
from preceptor.work.tables.sittings import (
    ItemKey,
    Sitting,
)
from preceptor.work.tables.tallies import DayTally, TrainerTally
from preceptor.work.tables.wellbeing import Exposure, WorkTold, WorkWait

__all__ = [
    "Asset",
    "Assignment",
    "AssignmentNote",
    "CapClaim",
    "Clock",
    "DayTally",
    "Draft",
    "Exposure",
    "Item",
    "ItemKey",
    "ProjectTally",
    "QueueGroup",
    "Report",
    "Response",
    "Sitting",
    "Slot",
    "Stint",
    "Submission",
    "SubmissionBody",
    "TimeEntry",
    "TopUp",
    "TrainerTally",
    "Turn",
    "WorkTold",
    "WorkWait",
]
