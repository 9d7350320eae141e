import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const value = await load("kinds/tasks/rate_responses/value.ts");

const settings = (changes = {}) => ({ scale: { points: 7, low: {}, high: {} }, errors: [], comment: "optional", responses: 2, min_turns: 1, max_turns: 3, ideal: "last_turn", ...changes });
const response = (id, changes = {}) => ({ id, state: "complete", text: "text", error: null, tokens: 1, ...changes });
const turn = (id, ...responses) => ({ id, position: 1, prompt: "?", state: "complete", shared: false, responses });
const paths = (problems) => problems.map((problem) => problem.path);

test("a draft is brought in line with the turns", () => {
  const turns = [turn("t1", response("a")), turn("t2", response("b"))];
  const answer = value.alignedWith(turns, { turns: [{ turn_id: "t1", ratings: { a: 3 } }] });
  assert.deepEqual(answer.turns.map((one) => one.turn_id), ["t1", "t2"]);
  assert.deepEqual(answer.turns[0].ratings, { a: 3 });
  assert.deepEqual(answer.turns[1].errors, {});
  assert.equal(answer.next_prompt, "");
});

test("what is missing, in reading order", () => {
  const turns = [turn("t1", response("a"), response("b"))];
  assert.deepEqual(paths(value.missing(settings(), turns, value.alignedWith(turns, null))), ["turns.0.ratings.a", "turns.0.ratings.b", "turns.0.ideal"]);
  assert.deepEqual(paths(value.missing(settings(), [], value.alignedWith([], null))), ["next_prompt"]);
  const required = value.missing(settings({ comment: "required", ideal: "off" }), turns, value.alignedWith(turns, { turns: [{ turn_id: "t1", ratings: { a: 1, b: 2 }, comments: { a: "x" } }] }));
  assert.deepEqual(paths(required), ["turns.0.comments.b"]);
});

test("a failed or empty response needs no rating; one that is being written has to be waited for", () => {
  const turns = [turn("t1", response("a", { state: "failed", text: "" }), response("b", { state: "stopped", text: "" }), response("c", { state: "streaming" }))];
  assert.deepEqual(paths(value.missing(settings({ ideal: "off" }), turns, value.alignedWith(turns, null))), ["turns.0.ratings.c"]);
});

test("an earlier turn says what the next one went on from", () => {
  const turns = [turn("t1", response("a")), turn("t2", response("b"))];
  const answer = value.alignedWith(turns, { turns: [{ turn_id: "t1", ratings: { a: 3 } }, { turn_id: "t2", ratings: { b: 3 }, ideal: "x" }] });
  assert.deepEqual(paths(value.missing(settings(), turns, answer)), ["turns.0.continue_from"]);
});

test("rating keeps a corrected ranking corrected, and gives it up where it says what the ratings say", () => {
  const one = turn("t1", response("a"), response("b"));
  let said = value.emptyTurn(one);
  said = value.withRating(one, said, "a", 6);
  said = value.withRating(one, said, "b", 2);
  assert.equal(said.ranking, null);
  assert.deepEqual(value.rankingOf(one, said), [["a"], ["b"]]);
  said = value.withRanking(one, said, [["b"], ["a"]]);
  assert.deepEqual(said.ranking, [["b"], ["a"]]);
  said = value.withRating(one, said, "b", 7);
  assert.equal(said.ranking, null);
  said = value.withRating(one, said, "a", null);
  assert.deepEqual(said.ratings, { b: 7 });
});

test("progress counts what is asked for", () => {
  const turns = [turn("t1", response("a"), response("b", { state: "failed", text: "" }))];
  const answer = value.alignedWith(turns, { turns: [{ turn_id: "t1", ratings: { a: 3 } }] });
  assert.deepEqual(value.progressOf(settings(), turns, answer), { done: 1, all: 2, turn: { n: 1, most: 3 } });
});
