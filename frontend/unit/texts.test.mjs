// What the widgets that compare, write and continue say of an answer: the same rules as the server's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const compare = await load("kinds/tasks/compare_responses/value.ts");
const write = await load("kinds/tasks/write_response/value.ts");
const proceed = await load("kinds/tasks/continue_text/value.ts");

const response = (id, text = `Text ${id}.`, state = "complete") => ({ id, text, state, error: null, tokens: null });
const turn = (...responses) => ({ id: "t", position: 0, prompt: "p", state: "complete", shared: true, responses });
const paths = (problems) => problems.map((one) => one.path);

const three = turn(response("a"), response("b"), response("c"));
const form = { question: {}, ties: true, all_bad: true, strength: "required", weakest: {}, strongest: {}, rationale: "optional" };

test("chosen one by one, the last finds its place by itself", () => {
  const first = compare.chosenNext(three, [], "b");
  assert.deepEqual(first, [["b"]]);
  assert.deepEqual(compare.chosenNext(three, first, "c"), [["b"], ["c"], ["a"]]);
  assert.deepEqual(compare.chosenNext(three, [["b"], ["c"], ["a"]], "c"), [["b"], ["a"]]);
});

test("what is missing of an order, its strength and its reason", () => {
  const said = (more) => paths(compare.missing(form, three, compare.filled(more)));
  assert.deepEqual(said({}), ["ranking"]);
  assert.deepEqual(said({ ranking: [["a"], ["b"]] }), ["ranking"]);
  assert.deepEqual(said({ ranking: [["a"], ["b", "c"]] }), ["strength"]);
  assert.deepEqual(said({ ranking: [["a"], ["b", "c"]], strength: 2 }), []);
  assert.deepEqual(said({ ranking: [["a", "b", "c"]] }), []);
  assert.deepEqual(said({ all_bad: true }), []);
  assert.deepEqual(said({ all_bad: true, ranking: [["a"]] }), ["ranking"]);
  assert.deepEqual(paths(compare.missing({ ...form, rationale: "required" }, three, compare.filled({ all_bad: true }))), ["rationale"]);
});

test("one place for all leaves no strength behind", () => {
  const answer = compare.filled({ ranking: [["a"], ["b"], ["c"]], strength: 3 });
  assert.equal(compare.withRanking(answer, compare.allTied(three)).strength, null);
  assert.equal(compare.withRanking(answer, [["b"], ["a", "c"]]).strength, 3);
});

test("progress counts what is asked for", () => {
  assert.deepEqual(compare.progressOf(form, three, compare.filled({})), { done: 0, all: 2 });
  assert.deepEqual(compare.progressOf(form, three, compare.filled({ ranking: [["a"], ["b", "c"]] })), { done: 1, all: 2 });
  assert.deepEqual(compare.progressOf(form, three, compare.filled({ ranking: [["a", "b", "c"]] })), { done: 1, all: 1 });
});

test("first words come without the marks of Markdown, and end", () => {
  assert.equal(compare.firstWords("## **Yes**, `of` course\n\n- one"), "Yes, of course one");
  assert.ok(compare.firstWords("word ".repeat(200)).endsWith("…"));
});

const written = { min_words: null, max_words: null, outline: "off", sources: "optional", language: "" };

test("a response is there and within its bounds", () => {
  const said = (settings, answer) => paths(write.missing({ ...written, ...settings }, write.filled(answer)));
  assert.deepEqual(said({}, { response: " \n" }), ["response"]);
  assert.deepEqual(said({ min_words: 3 }, { response: "two words" }), ["response"]);
  assert.deepEqual(said({ max_words: 1 }, { response: "two words" }), ["response"]);
  assert.deepEqual(said({ min_words: 2, max_words: 2 }, { response: "two words" }), []);
  assert.deepEqual(said({ outline: "required", sources: "required" }, { response: "x" }), ["outline", "sources"]);
});

test("sources are addresses or titles", () => {
  const said = (...sources) => paths(write.missing(written, write.filled({ response: "x", sources })));
  assert.deepEqual(said({ url: "https://a.example/b", title: "" }, { url: "", title: "A book" }), []);
  assert.deepEqual(said({ url: " ", title: "" }), ["sources.0.url"]);
  for (const url of ["javascript:alert(1)", "a.example", "https://", "https://a b.example"]) assert.deepEqual(said({ url, title: "" }), ["sources.0.url"], url);
});

const going = { way: "either", none_fits: true, min_words: null, max_words: null, asks_models: true };

test("no candidate is shown before all are there, and none that failed", () => {
  const gathering = turn(response("a"), response("b", "", "streaming"));
  assert.deepEqual(proceed.candidatesOf(gathering), []);
  assert.equal(proceed.isGathering(gathering), true);
  const done = turn(response("a"), response("b", "", "failed"), response("c", "  "));
  assert.deepEqual(proceed.candidatesOf(done).map((one) => one.id), ["a"]);
  assert.deepEqual(proceed.failedOf(done).map((one) => one.id), ["b"]);
});

test("what is missing of a continuation, whichever way it is asked for", () => {
  const said = (way, answer, shown = three) => paths(proceed.missing({ ...going, way }, shown, proceed.filled(answer)));
  assert.deepEqual(said("either", {}), ["chosen"]);
  assert.deepEqual(said("either", { chosen: "a" }), []);
  assert.deepEqual(said("either", { written: " went" }), []);
  assert.deepEqual(said("either", { none_fits: true }), ["written"]);
  assert.deepEqual(said("choose", { none_fits: true }), []);
  assert.deepEqual(said("choose", {}, turn()), ["chosen"]);
  assert.deepEqual(said("write", {}), ["written"]);
  assert.deepEqual(said("both", { chosen: "a" }), ["written"]);
  assert.deepEqual(said("both", { written: "x" }), ["chosen"]);
  assert.deepEqual(said("both", { written: "x" }, turn()), []);
});

test("what was written shows before what was chosen, with a space only where words would meet", () => {
  assert.equal(proceed.continuation(three, proceed.filled({ chosen: "b" })), "Text b.");
  assert.equal(proceed.continuation(three, proceed.filled({ chosen: "b", written: "mine" })), "mine");
  assert.equal(proceed.seam("the engine", "stopped"), " ");
  assert.equal(proceed.seam("the engine", " stopped"), "");
  assert.equal(proceed.seam("the engine ", "stopped"), "");
  assert.equal(proceed.seam("the engine", ", stopped"), "");
});
