import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { History } = await load("web/trainer/workbench/history.ts");
const { eventsOf } = await load("web/trainer/workbench/stream.ts");
const { sameJson } = await load("web/trainer/workbench/drafts.ts");
const { RunningClock } = await load("web/trainer/workbench/clock.ts");
const { t, tn, formatClock, formatMoney, useCatalogue } = await load("lib/ui/i18n.ts");

test("typing in one text is one step, a mark is one of its own", () => {
  const history = new History();
  history.push("", "text", "ideal");
  history.push("a", "text", "ideal");
  history.push("ab", "mark", "ratings.a");
  history.push("ab6", "text", "ideal");
  assert.equal(history.undo("ab6c"), "ab6");
  assert.equal(history.undo("ab6"), "ab");
  assert.equal(history.undo("ab"), "");
  assert.equal(history.undo(""), undefined);
  assert.equal(history.redo(""), "ab");
  history.push("ab", "mark", "x");
  assert.equal(history.canRedo, false);
});

test("typing in two texts is two steps", () => {
  const history = new History();
  history.push(1, "text", "a");
  history.push(2, "text", "b");
  assert.equal(history.undo(3), 2);
  assert.equal(history.undo(2), 1);
});

const chunks = (...texts) =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });

test("events are read however the network cuts them", async () => {
  const found = [];
  for await (const event of eventsOf(chunks("event: resp", "onse\nda", 'ta: {"a": 1}\n', "\n: ping\n\ndata: x\r\ndata: y\r\n\r\n", "event: done\ndata: {}"))) found.push(event);
  assert.deepEqual(found, [
    { name: "response", data: '{"a": 1}' },
    { name: "message", data: "x\ny" },
  ]);
});

test("a character cut in two arrives whole", async () => {
  const bytes = new TextEncoder().encode("data: é\n\n");
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, 7));
      controller.enqueue(bytes.slice(7));
      controller.close();
    },
  });
  const found = [];
  for await (const event of eventsOf(stream)) found.push(event.data);
  assert.deepEqual(found, ["é"]);
});

test("two drafts that say the same are the same, whatever the order of keys", () => {
  assert.ok(sameJson({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] }));
  assert.ok(!sameJson({ a: 1 }, { a: 1, b: 2 }));
  assert.ok(!sameJson([1, 2], [2, 1]));
  assert.ok(!sameJson(null, {}));
});

test("the clock moves on only while time counts, and the server is right", () => {
  const figures = (paid_ms, amount) => ({ active_ms: paid_ms, waiting_ms: 0, idle_ms: 0, paused_ms: 0, paid_ms, amount: { amount, currency: "EUR" } });
  const clock = new RunningClock(figures(60_000, 41), { amount: 2500, currency: "EUR" });
  assert.equal(clock.tick(false).paid_ms, 60_000);
  clock.correct(figures(3_600_000, 2500));
  assert.equal(clock.tick(false).amount.amount, 2500);
});

test("texts, plurals and figures", () => {
  useCatalogue({ "Hello {name}": "Hola {name}", "{count} word": ["{count} palabra", "{count} palabras"] });
  assert.equal(t("Hello {name}", { name: "Ana" }), "Hola Ana");
  assert.equal(tn("{count} word", "{count} words", 2), "2 palabras");
  assert.equal(tn("{count} thing", "{count} things", 1), "1 thing");
  assert.equal(formatClock(3_729_000), "1:02:09");
  assert.equal(formatClock(59_999), "0:59");
  assert.equal(formatMoney({ amount: 528, currency: "EUR" }), "€5.28");
  assert.equal(formatMoney({ amount: 528, currency: "JPY" }), "¥528");
});
