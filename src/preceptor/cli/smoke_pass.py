"""One prompt's way through the main job, as `preceptor smoke` goes it: trainer, then reviewer."""

import time
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from preceptor.cli.smoke_judging import Judgement, ideal_from, improved, judge, turn_answer
from preceptor.client import Preceptor, PreceptorProblem, PreceptorUnreachableError
from preceptor.client.documents import Assignment, Receipt, Review, Turn

CORRECT_EVERY = 4
RETURN_EVERY = 7
ATTEMPTS = 3
LOOK_AGAIN_SECONDS = 0.3
ENDED = frozenset({"complete", "stopped", "failed"})


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one prompt.

    Attributes:
        prompt: its first words.
        turns, responses, tokens: how much was asked and answered.
        ratings: of the last turn, best first.
        ideals: how many ideal responses were written.
        questions: how many times the installation asked whether an answer was meant so.
        outcome: accepted, corrected or reworked.
        waiting_seconds: what the clock says the models took.
        seconds: from claim to the last verdict.
    """

    prompt: str
    turns: int
    responses: int
    tokens: int
    ratings: list[int]
    ideals: int
    questions: int
    outcome: str
    waiting_seconds: float
    seconds: float


class Way:
    """The way of a prompt, again and again.

    Args:
        trainer, reviewer: signed in.
        slug: the project.
        patience: seconds that anything may take that happens by itself.
    """

    def __init__(self, *, trainer: Preceptor, reviewer: Preceptor, slug: str, patience: float) -> None:
        self._trainer = trainer
        self._reviewer = reviewer
        self._slug = slug
        self._patience = patience

    def go(self, number: int) -> Done:
        """Take the next item and see it accepted. `number` counts from 1 and says what the reviewer does.

        Raises:
            click.ClickException: something is not as it should be.
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing.
        """
        began = time.monotonic()
        task = self._trainer.work.claim(slug=self._slug)
        content, judgements = self._answer(task)
        receipt, questions = self._submit(task.id, content)
        outcome = "accepted"
        if number % RETURN_EVERY == 0:
            content = self._rework(task.id, receipt)
            receipt, more = self._submit(task.id, content)
            questions, outcome = questions + more, "reworked"
        review = self._review_of(receipt)
        if number % CORRECT_EVERY == 0:
            self._decide(review, "correct", content=improved(review.answer))
            outcome = "corrected" if outcome == "accepted" else f"{outcome}, corrected"
        else:
            self._decide(review, "accept")
        return Done(
            prompt=" ".join(judgements[0][0].prompt.split()),
            turns=len(judgements),
            responses=sum(len(turn.responses) for turn, _judgement in judgements),
            tokens=sum(response.tokens or 0 for turn, _judgement in judgements for response in turn.responses),
            ratings=sorted(judgements[-1][1].ratings.values(), reverse=True),
            ideals=sum(1 for turn in content["turns"] if turn["ideal"]),
            questions=questions,
            outcome=outcome,
            waiting_seconds=receipt.clock.waiting_ms / 1000,
            seconds=time.monotonic() - began,
        )

    def _answer(self, task: Assignment) -> tuple[dict[str, Any], list[tuple[Turn, Judgement]]]:
        """Ask and judge turn by turn, going on from the best response, with a draft after each."""
        follow_ups: Sequence[str] = task.item.content.get("follow_ups", ())
        version = task.draft.version if task.draft else 0
        judged: list[tuple[Turn, Judgement]] = []
        said: list[dict[str, Any]] = []
        turn_id = task.turns[0].id
        for position in range(len(follow_ups) + 1):
            turn = self._complete_turn(task.id, turn_id)
            judgement = judge(turn, settings=task.form.settings)
            judged.append((turn, judgement))
            is_last = position == len(follow_ups)
            best = next((one.text for one in turn.responses if one.id == judgement.best), "")
            ideal = ideal_from(best) if is_last or judgement.best is None else None
            going_on = None if is_last else judgement.best or "ideal"
            said.append(turn_answer(turn, judgement, continue_from=going_on, ideal=ideal))
            version = self._save(task.id, version=version + 1, content={"turns": said})
            if not is_last:
                asked = self._trainer.work.ask(
                    assignment_id=task.id, prompt=follow_ups[position], continue_from=going_on, ideal=ideal
                )
                turn_id = asked.id
        return {"turns": said}, judged

    def _save(self, assignment_id: str, *, version: int, content: dict[str, Any]) -> int:
        """Save a draft, see that it is kept, and tell the clock that somebody is there."""
        saved = self._trainer.work.save_draft(assignment_id=assignment_id, version=version, content=content)
        self._trainer.work.beat(assignment_id=assignment_id, inputs=[0])
        kept = self._trainer.work.assignment(assignment_id=assignment_id).draft
        if kept is None or (kept.version, kept.content) != (version, content):
            raise click.ClickException("A draft that was saved is not what was saved.")
        return saved.version

    def _complete_turn(self, assignment_id: str, turn_id: str) -> Turn:
        """Follow a turn until every response has ended; what fails is asked for again."""
        for attempt in range(ATTEMPTS):
            try:
                for _progress in self._trainer.work.follow(turn_id=turn_id):
                    pass
            except PreceptorUnreachableError:  # a line that breaks is taken up again
                if attempt == ATTEMPTS - 1:
                    raise
            view = self._trainer.work.assignment(assignment_id=assignment_id)
            turn = next(turn for turn in view.turns if turn.id == turn_id)
            failed = [response for response in turn.responses if response.state == "failed"]
            if not failed and all(response.state in ENDED for response in turn.responses):
                return turn
            if attempt < ATTEMPTS - 1:
                for response in failed:
                    self._trainer.work.retry(response_id=response.id)
        states = ", ".join(f"{one.state}{f' ({one.error})' if one.error else ''}" for one in turn.responses)
        raise click.ClickException(f"Not all responses arrived: {states}")

    def _submit(self, assignment_id: str, content: dict[str, Any]) -> tuple[Receipt, int]:
        """Hand in; what the installation asks is answered with yes. Answers how much it asked, too."""
        try:
            return self._trainer.work.submit(assignment_id=assignment_id, content=content), 0
        except PreceptorProblem as problem:
            if problem.code != "questions":
                raise
            codes = [question["code"] for question in problem.document["questions"]]
        receipt = self._trainer.work.submit(assignment_id=assignment_id, content=content, confirmed=codes)
        return receipt, len(codes)

    def _rework(self, assignment_id: str, receipt: Receipt) -> dict[str, Any]:
        """Have an answer returned, and improve it. Answers what to hand in."""
        review = self._review_of(receipt)
        reason = review.return_reasons[0].key
        keys = {choice.key for choice in review.return_reasons}
        self._decide(
            review,
            "return",
            reason="ideal" if "ideal" in keys else reason,
            note="The end is missing; please add it.",
        )
        returned = self._trainer.work.list().returned
        if assignment_id not in {waiting.assignment_id for waiting in returned}:
            raise click.ClickException("An answer that was returned is not on the trainer's list of work.")
        task = self._trainer.work.start(assignment_id=assignment_id)
        if task.draft is None:
            raise click.ClickException("An answer that was returned has lost its draft.")
        return improved(task.draft.content)

    def _review_of(self, receipt: Receipt) -> Review:
        """The review of what was handed in just now; it opens a moment later."""
        end = time.monotonic() + self._patience
        while True:
            try:
                review = self._reviewer.reviews.claim(slug=self._slug)
            except PreceptorProblem as problem:
                if problem.code != "inbox_empty" or time.monotonic() > end:
                    raise
                time.sleep(LOOK_AGAIN_SECONDS)
                continue
            if review.submission_id != receipt.submission_id:
                raise click.ClickException("The reviewer was given another answer than the one handed in.")
            return review

    def _decide(self, review: Review, verdict: str, **rest: Any) -> None:
        self._reviewer.reviews.decide(review_id=review.id, verdict=verdict, submission_id=review.submission_id, **rest)
