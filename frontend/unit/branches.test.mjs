import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const value = await load("kinds/tasks/converse/value.ts");

const asked = (changes = {}) => ({ rating: "required", scale: { points: 7, low: {}, high: {} }, tags: [], comment: "optional", ...changes });
const settings = (changes = {}) => ({ responses: 2, min_turns: 2, max_turns: 3, branches: true, ideal: "optional", each: asked(), whole: asked(), ...changes });
const response = (id, changes = {}) => ({ id, state: "complete", text: "text", error: null, tokens: 1, ...changes });
const turn = (id, parent, continue_from, ...responses) => ({ id, position: 0, parent, continue_from, prompt: `${id}?`, state: "complete", shared: false, responses });
const ids = (turns) => turns.map((one) => one.id);
const paths = (problems) => problems.map((problem) => problem.path);

// 1 ─ 2 ─ 4, and beside 2: 3; 5 begins anew.
const TREE = [
  turn("1", null, null, response("1a"), response("1b")),
  turn("2", "1", "1a", response("2a"), response("2b")),
  turn("3", "1", "1b", response("3a"), response("3b")),
  turn("4", "2", "2a", response("4a"), response("4b")),
  turn("5", null, null, response("5a")),
];
const rated = (...turns) => turns.map((id) => ({ turn_id: id, ratings: { [`${id}a`]: 5, [`${id}b`]: 3 } }));

test("a line leads from the beginning to its end", () => {
  assert.deepEqual(ids(value.lineTo(TREE, "4")), ["1", "2", "4"]);
  assert.deepEqual(ids(value.lineTo(TREE, "3")), ["1", "3"]);
  assert.deepEqual(value.lineTo(TREE, value.START), []);
  assert.deepEqual(value.lineTo(TREE, null), []);
});

test("branches are the ways on from one turn, and the newest way down is shown", () => {
  assert.deepEqual(ids(value.childrenOf(TREE, "1")), ["2", "3"]);
  assert.deepEqual(ids(value.childrenOf(TREE, null)), ["1", "5"]);
  assert.equal(value.newestBelow(TREE, "2"), "4");
  assert.equal(value.newestBelow(TREE, "1"), "3");
  assert.equal(value.hasBranches(TREE), true);
  assert.equal(value.hasBranches(TREE.slice(0, 2)), false);
});

test("the line that counts is the one before the person, and at first the newest", () => {
  const end = (given) => value.endOf(TREE, value.alignedWith(TREE, { end: given }));
  assert.equal(end(null), "5");
  assert.equal(end("2"), "2");
  assert.equal(end("gone"), "5");
  assert.equal(end(value.START), value.START);
});

test("a draft is brought in line with the turns, in the order they were asked", () => {
  const answer = value.alignedWith(TREE, { turns: [{ turn_id: "3", ratings: { "3a": 1 } }, { turn_id: "gone", ratings: {} }], next_prompt: "?" });
  assert.deepEqual(answer.turns.map((one) => one.turn_id), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(answer.turns[2].ratings, { "3a": 1 });
  assert.equal(answer.next_prompt, "?");
});

test("a turn's choice is what the next one went on from, else what was said", () => {
  const said = (changes) => ({ ...value.emptyTurn(TREE[0]), ...changes });
  assert.equal(value.choiceIn(TREE[0], said({ chosen: "1a" }), TREE[2]), "1b");
  assert.equal(value.choiceIn(TREE[0], said({ chosen: "1a" }), undefined), "1a");
  assert.equal(value.choiceIn(TREE[0], said({ ideal: "x" }), undefined), value.IDEAL);
  assert.equal(value.choiceIn(TREE[0], said({ ratings: { "1a": 3, "1b": 4 } }), undefined), "1b");
  assert.equal(value.choiceIn(TREE[0], said({ ratings: { "1a": 4, "1b": 4 } }), undefined), null);
  assert.equal(value.choiceIn(TREE[0], said({ ratings: { "1b": 4 } }), undefined), null);
  assert.equal(value.choiceIn(TREE[4], value.emptyTurn(TREE[4]), undefined), "5a");
});

test("what is missing is missing on the line that counts", () => {
  const missing = (answer, changes) => paths(value.missing(settings(changes), TREE, value.alignedWith(TREE, answer)));
  assert.deepEqual(missing({ turns: rated("1", "2"), end: "2", rating: 4 }), []);
  assert.deepEqual(missing({ turns: rated("1", "2"), end: "3", rating: 4 }), ["turns.2.ratings.3a", "turns.2.ratings.3b", "turns.2.chosen"]);
  assert.deepEqual(missing({ turns: rated("1"), end: "1" }), ["end", "rating"]);
  assert.deepEqual(missing({ end: value.START, rating: 4 }), ["end"]);
  const comments = missing({ turns: rated("1", "2"), end: "2", rating: 4 }, { whole: asked({ comment: "required" }) });
  assert.deepEqual(comments, ["comment"]);
});

test("progress counts turns, ratings and the whole along the line", () => {
  const progress = (answer) => value.progressOf(settings(), TREE, value.alignedWith(TREE, answer));
  assert.deepEqual(progress({ turns: rated("1", "2"), end: "2", rating: 4 }), { done: 7, all: 7, turn: { n: 2, most: 3 } });
  assert.deepEqual(progress({ end: "1" }), { done: 1, all: 7, turn: { n: 1, most: 3 } });
});
