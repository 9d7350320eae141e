import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Situation, holds, turnsOf } = await load("kinds/tasks/custom_form/form.ts");
const model = await load("kinds/tasks/custom_form/builder/model.ts");

const question = (key, more = {}) => ({ key, field: "text", label: { en: key }, help: {}, required: false, scope: "item", settings: {}, default: null, conditions: [], match: "all", about: [], ...more });
const form = (...fields) => ({ version: 1, fields, shown: [], responses: 0, min_turns: 1, max_turns: 1, positions: [] });

// Operator, value given, value wanted, whether it holds: the same table as the server's, in tests/kinds/tasks/custom_form.
const HOLDS = [
  ["answered", 3, null, true], ["answered", null, null, false], ["unanswered", null, null, true], ["unanswered", false, null, false],
  ["is", 3, 3, true], ["is", null, 3, false], ["is", false, false, true], ["is_not", 2, 3, true], ["is_not", null, 3, false],
  ["below", 2, 3, true], ["below", 3, 3, false], ["below", null, 3, false], ["above", "2026-02-01", "2026-01-31", true], ["below", 2, "3", false],
  ["includes", ["a", "b"], "b", true], ["includes", ["a"], "b", false], ["includes", null, "b", false], ["excludes", ["a"], "b", true], ["excludes", null, "b", false],
];

test("conditions hold in the page as on the server", () => {
  for (const [operator, value, wanted, expected] of HOLDS) {
    assert.equal(holds({ field: "a", operator, value: wanted }, value), expected, `${operator} ${JSON.stringify(value)} ${wanted}`);
  }
  assert.equal(holds({ field: "a", operator: "includes", value: "x" }, [{ label: "x", start: 0 }]), true);
});

test("a question that is not asked hides those that hang on it, and is not missed", () => {
  const settings = form(
    question("stars", { field: "rating" }),
    question("why", { required: true, conditions: [{ field: "stars", operator: "below", value: 3 }] }),
    question("more", { required: true, conditions: [{ field: "why", operator: "answered", value: null }] }),
  );
  const item = { prompt: null, messages: [], data: {}, picture: null };
  const missing = (values) => new Situation(settings, item, [], { values }, new Map()).missing().map((one) => one.path);
  assert.deepEqual(missing({ stars: { item: 5 }, why: { item: "x" } }), []);
  assert.deepEqual(missing({ stars: { item: 2 } }), ["values.why.item"]);
  assert.deepEqual(missing({ stars: { item: 2 }, why: { item: "x" } }), ["values.more.item"]);
});

test("a default counts until it is taken away", () => {
  const settings = form(question("sure", { field: "boolean", required: true, default: false }));
  const item = { prompt: null, messages: [], data: {}, picture: null };
  const missing = (values) => new Situation(settings, item, [], { values }, new Map()).missing().length;
  assert.equal(missing({}), 0);
  assert.equal(missing({ sure: { item: null } }), 1);
});

test("a turn is a user's message with the replies to it, and then each prompt that was sent", () => {
  const messages = ["system", "user", "assistant", "user", "assistant"].map((role) => ({ role, content: role }));
  const keys = (item, asked) => turnsOf({ messages: [], prompt: null, ...item }, asked).map((one) => one.keys);
  assert.deepEqual(keys({ prompt: "last", messages }, []), [["messages.1", "messages.2"], ["messages.3", "messages.4"], ["prompt"]]);
  assert.deepEqual(keys({}, []), []);
  const asked = [live("a", "b"), live("c")];
  assert.deepEqual(keys({ messages }, asked), [["messages.1", "messages.2"], ["messages.3", "messages.4"], ["prompt"], ["prompt.2"]]);
  assert.deepEqual(turnsOf({ messages, prompt: null }, asked).map((one) => one.responses.map(({ id }) => id)), [[], [], ["a", "b"], ["c"]]);
});

const live = (...ids) => ({ id: `turn-${ids}`, prompt: `prompt-${ids}`, continue_from: null, responses: ids.map((id) => ({ id, state: "complete", text: id, error: null, tokens: null })) });

test("each live turn is asked about, compared only where something is to compare, and gone on from by choice", () => {
  const settings = { ...form(question("clear", { scope: "turn", required: true }), question("order", { field: "ranking", scope: "turn", required: true })), responses: 2, min_turns: 2, max_turns: 3 };
  const item = { prompt: null, messages: [{ role: "user", content: "q" }, { role: "assistant", content: "a" }], data: {}, picture: null };
  const modules = new Map([["ranking", { comparesThings: true }]]);
  const before = (asked, answer = { values: {} }) => new Situation(settings, item, asked, answer, modules);
  assert.deepEqual(before([]).missing().map((one) => one.path), ["prompt", "values.clear.1"]);
  assert.deepEqual(before([live("a", "b")]).missing().map((one) => one.path), ["next_prompt", "values.clear.1", "values.clear.2", "values.order.2"]);
  const two = before([live("a", "b"), live("c", "d")]);
  assert.deepEqual(two.missing().map((one) => one.path), ["values.clear.1", "values.clear.2", "values.order.2", "values.clear.3", "values.order.3"]);
  assert.deepEqual(two.subject(settings.fields[1], "3").things.map((one) => one.name), ["Turn 3, response 1", "Turn 3, response 2"]);
  assert.equal(two.mayGoOn(), true);
  assert.equal(two.goesOnFrom(), null);
  assert.equal(before([live("a", "b"), live("c", "d")], { values: {}, next_from: "d" }).goesOnFrom(), "d");
  assert.equal(before([live("a", "b")], { values: {}, next_from: "z" }).goesOnFrom(), null);
  assert.equal(before([live("a")]).goesOnFrom(), "a");
});

test("keys follow from words and stay free", () => {
  assert.equal(model.keyFrom("Über 3 Stück!", "x"), "uber_3_stuck");
  assert.equal(model.keyFrom("3 good", "x"), "good");
  assert.equal(model.keyFrom("好", "question"), "question");
  assert.equal(model.freeKey("a", new Set(["a", "a_2"])), "a_3");
  assert.ok(model.freeKey("x".repeat(40), new Set(["x".repeat(40)])).length <= 40);
});

test("questions are moved, copied and deleted, and conditions go along", () => {
  const start = form(question("a"), question("b", { conditions: [{ field: "a", operator: "answered", value: null }] }), question("c"));
  const keys = (settings) => settings.fields.map((one) => one.key);
  assert.deepEqual(keys(model.withMoved(start, 2, 0)), ["c", "a", "b"]);
  assert.equal(model.withMoved(start, 0, -1), start);
  assert.deepEqual(keys(model.withCopied(start, 1)), ["a", "b", "b_2", "c"]);
  assert.deepEqual(model.withChanged(start, 0, { key: "first" }).fields[1].conditions[0].field, "first");
  const without = model.withoutQuestion(start, 0);
  assert.deepEqual(keys(without), ["b", "c"]);
  assert.deepEqual(without.fields[0].conditions, []);
  assert.deepEqual(keys(start), ["a", "b", "c"]);
});

test("conditions read as sentences", () => {
  const entry = { key: "choice", options: "options", operators: [], value: {}, names: {}, schema: {}, defaults: {}, title: "", description: "", needs: "" };
  const settings = form(
    question("kind", { field: "choice", label: { en: "Kind" }, settings: { options: [{ key: "x", label: { en: "Group" }, options: [{ key: "y", label: { en: "Leaf" } }] }] } }),
    question("stars", { label: { en: "Stars" } }),
    question("why", { match: "any", conditions: [{ field: "kind", operator: "includes", value: "y" }, { field: "stars", operator: "below", value: 3 }] }),
  );
  assert.equal(model.sentence(settings.fields[2], settings, [entry]), "Asked only if “Kind” includes Leaf or “Stars” is below 3.");
  assert.equal(model.sentence(settings.fields[0], settings, [entry]), "");
  assert.deepEqual(model.earlier(settings, 2).map((one) => one.key), ["kind", "stars"]);
});
