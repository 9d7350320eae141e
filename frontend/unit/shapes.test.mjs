import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { boundsOf, boxBetween, clamped, colorsOf, grownBy, isTooSmall, movedBy, shapeAt, undecided, withShape, withoutShape } = await load("kinds/fields/boxes/shapes.ts");
const { missing, progressOf } = await load("kinds/tasks/label_image/value.ts");

const size = { width: 100, height: 80 };
const box = (left, top, right, bottom, id = "a", label = "car") => ({ id, kind: "box", label, points: [[left, top], [right, bottom]] });

test("a box is drawn from any corner and ends at the picture's edge", () => {
  assert.deepEqual(boxBetween([60, 70], [10, 20], size), [[10, 20], [60, 70]]);
  assert.deepEqual(boxBetween([-5, 10], [500, 500], size), [[0, 10], [100, 80]]);
  assert.deepEqual(clamped([[-1, 3.14159], [101, 79]], size), [[0, 3.14], [100, 79]]);
});

test("a shape moves as far as the picture goes and keeps its form", () => {
  assert.deepEqual(movedBy(box(10, 10, 30, 20), 5, -3, size).points, [[15, 7], [35, 17]]);
  assert.deepEqual(movedBy(box(10, 10, 30, 20), 500, 500, size).points, [[80, 70], [100, 80]]);
  assert.deepEqual(movedBy(box(10, 10, 30, 20), -500, 0, size).points, [[0, 10], [20, 20]]);
  const wide = box(-10, 0, 120, 80);
  assert.deepEqual(boundsOf(movedBy(wide, 3, 0, size)), { left: 0, top: 0, right: 130, bottom: 80 });
});

test("a shape grows to its right and down, never below the smallest size", () => {
  assert.deepEqual(grownBy(box(10, 10, 30, 20), 5, 5, size, 2).points, [[10, 10], [35, 25]]);
  assert.deepEqual(grownBy(box(10, 10, 30, 20), -100, -100, size, 2).points, [[10, 10], [12, 12]]);
  assert.deepEqual(grownBy(box(10, 10, 30, 20), 1000, 0, size, 2).points, [[10, 10], [100, 20]]);
  assert.equal(isTooSmall("box", [[0, 0], [1, 9]], 2), true);
  assert.equal(isTooSmall("point", [[0, 0]], 2), false);
});

test("of shapes on top of each other the smallest is taken hold of", () => {
  const large = box(0, 0, 90, 70, "large");
  const small = box(40, 30, 50, 40, "small");
  const point = { id: "point", kind: "point", label: "", points: [[45, 35]] };
  const triangle = { id: "triangle", kind: "polygon", label: "", points: [[0, 0], [99, 0], [0, 79]] };
  assert.equal(shapeAt([large, small], 45, 35, 3).id, "small");
  assert.equal(shapeAt([small, large], 20, 20, 3).id, "large");
  assert.equal(shapeAt([large, small, point], 47, 35, 3).id, "point");
  assert.equal(shapeAt([triangle], 10, 10, 1).id, "triangle");
  assert.equal(shapeAt([triangle], 90, 70, 1), null);
  assert.equal(shapeAt([small], 60, 60, 3), null);
});

test("a suggestion is undecided until it is accepted, changed or rejected", () => {
  const suggestions = [box(0, 0, 9, 9, "p1"), box(20, 20, 30, 30, "p2")];
  const nothing = { shapes: [], rejected: [] };
  assert.deepEqual(undecided(suggestions, nothing).map((one) => one.id), ["p1", "p2"]);
  const accepted = withShape(nothing, movedBy(suggestions[0], 1, 1, size));
  assert.deepEqual(undecided(suggestions, accepted).map((one) => one.id), ["p2"]);
  assert.deepEqual(accepted.shapes[0].points, [[1, 1], [10, 10]]);
  const removed = withoutShape(accepted, "p1", suggestions);
  assert.deepEqual(removed, { shapes: [], rejected: ["p1"] });
  assert.deepEqual(withShape(removed, suggestions[0]), { shapes: [suggestions[0]], rejected: [] });
  assert.deepEqual(withoutShape(withShape(nothing, box(1, 1, 5, 5, "own")), "own", suggestions), nothing);
});

test("every label of twelve has a colour of its own", () => {
  const colors = colorsOf(Array.from({ length: 12 }, (_, index) => ({ key: String(index), label: {} })));
  assert.equal(new Set(colors.values()).size, 12);
});

test("what is missing is what the server would refuse", () => {
  const settings = {
    shapes: { labels: [{ key: "car", label: {} }], kinds: ["box"], least: 1, most: 2, smallest: 2 },
    classes: [{ key: "day", label: {} }],
    choose: "one",
    suggestions: "decide",
  };
  const content = { file: {}, suggestions: [box(0, 0, 9, 9, "p1")] };
  const paths = (answer) => missing(settings, content, { shapes: [], classes: [], rejected: [], ...answer }).map((one) => one.path);
  assert.deepEqual(paths({}), ["shapes", "rejected", "classes"]);
  assert.deepEqual(paths({ shapes: [box(0, 0, 9, 9, "p1")], classes: ["day"] }), []);
  assert.deepEqual(paths({ shapes: [box(0, 0, 9, 9, "x", "")], rejected: ["p1"], classes: ["day"] }), ["shapes.0.label"]);
  assert.deepEqual(progressOf(settings, content, { shapes: [], classes: [], rejected: [] }), { done: 0, all: 3 });
  assert.deepEqual(progressOf(settings, content, { shapes: [box(0, 0, 9, 9, "p1")], classes: ["day"], rejected: [] }), { done: 3, all: 3 });
});
