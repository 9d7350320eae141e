import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { rankingFrom, moved, placedBefore, tiedWith, reconciled, sameRanking, unplaced } = await load("kinds/fields/ranking/order.ts");

const all = (ids) => {
  // Every ranking with ties of these ids, as sorted JSON.
  if (ids.length === 0) return [[]];
  const [first, ...rest] = ids;
  return all(rest).flatMap((groups) => [
    ...groups.map((_, at) => groups.map((group, index) => (index === at ? [...group, first] : group))),
    ...Array.from({ length: groups.length + 1 }, (_, at) => [...groups.slice(0, at), [first], ...groups.slice(at)]),
  ]);
};
const key = (groups) => JSON.stringify(groups.map((group) => [...group].sort()));

test("a ranking follows from ratings, ties in one group", () => {
  assert.deepEqual(rankingFrom(["a", "b", "c", "d"], { a: 3, b: 6, c: 3 }), [["b"], ["a", "c"]]);
});

test("a step joins a neighbour, the next one leaves it on the other side", () => {
  const once = moved([["a"], ["b"], ["c"]], "c", -1);
  assert.deepEqual(once, [["a"], ["b", "c"]]);
  assert.deepEqual(moved(once, "c", -1), [["a"], ["c"], ["b"]]);
  assert.deepEqual(moved([["a"], ["b"]], "a", -1), [["a"], ["b"]]);
});

test("every order with every tie can be reached by steps, and none loses or doubles anything", () => {
  const ids = ["a", "b", "c", "d"];
  const seen = new Set();
  const open = [[["a"], ["b"], ["c"], ["d"]]];
  while (open.length > 0) {
    const groups = open.pop();
    if (seen.has(key(groups))) continue;
    seen.add(key(groups));
    assert.deepEqual(groups.flat().sort(), ids);
    assert.ok(groups.every((group) => group.length > 0));
    for (const id of ids) for (const step of [-1, 1]) open.push(moved(groups, id, step));
  }
  assert.deepEqual([...seen].sort(), [...new Set(all(ids).map(key))].sort());
});

test("dropping between places and on places", () => {
  const groups = [["a"], ["b", "c"], ["d"]];
  assert.deepEqual(placedBefore(groups, "d", 0), [["d"], ["a"], ["b", "c"]]);
  assert.deepEqual(placedBefore(groups, "b", 2), [["a"], ["c"], ["b"], ["d"]]);
  assert.deepEqual(placedBefore(groups, "a", 3), [["b", "c"], ["d"], ["a"]]);
  assert.deepEqual(tiedWith(groups, "a", 2), [["b", "c"], ["d", "a"]]);
  assert.deepEqual(tiedWith(groups, "b", 1), [["a"], ["c", "b"], ["d"]]);
});

test("a corrected ranking stays corrected and complete when ratings change", () => {
  const ids = ["a", "b", "c"];
  const made = reconciled([["b"], ["a"]], ids, { a: 6, b: 2, c: 4 });
  assert.deepEqual(made.flat().sort(), ids);
  assert.ok(made.findIndex((group) => group.includes("b")) < made.findIndex((group) => group.includes("a")));
  assert.deepEqual(reconciled([["b"], ["a", "c"]], ids, { a: 6, c: 4 }), [["a", "c"]]);
});

test("the order inside a tie does not count", () => {
  assert.ok(sameRanking([["a", "b"], ["c"]], [["b", "a"], ["c"]]));
  assert.ok(!sameRanking([["a"], ["b"]], [["b"], ["a"]]));
});

test("what is taken out leaves no empty place", () => {
  assert.deepEqual(unplaced([["a"], ["b", "c"]], "a"), [["b", "c"]]);
  assert.deepEqual(unplaced([["a"], ["b", "c"]], "c"), [["a"], ["b"]]);
  assert.deepEqual(unplaced([["a"]], "x"), [["a"]]);
});

test("placed before the end is placed last, from outside too", () => {
  assert.deepEqual(placedBefore([["a"], ["b"]], "c", 2), [["a"], ["b"], ["c"]]);
  assert.deepEqual(placedBefore([], "c", 0), [["c"]]);
});
