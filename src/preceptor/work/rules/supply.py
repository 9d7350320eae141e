"""How much work a project has for people each week."""

BACKLOG_WEEKS = 4
"""What is open now is counted as the work of so many weeks: an offer promises hours for longer than a day."""
ARRIVAL_WEEKS = 4
"""Arrivals are counted over so many weeks back."""
MINUTES_PER_HOUR = 60


def hours_per_week(*, open_answers: int, arrived_answers: int, estimated_minutes: int) -> float:
    """Hours of work expected each week.

    Args:
        open_answers: answers that are asked for and nobody has taken.
        arrived_answers: answers asked for by items added within the last `ARRIVAL_WEEKS` weeks.
        estimated_minutes: of one answer, as the project says.
    """
    answers = max(open_answers, 0) / BACKLOG_WEEKS + max(arrived_answers, 0) / ARRIVAL_WEEKS
    return answers * estimated_minutes / MINUTES_PER_HOUR
