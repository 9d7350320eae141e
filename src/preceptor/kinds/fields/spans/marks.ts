/** Marks as values: places in texts, words, and which marks cover which piece. Pure. */

/** As it is stored: places in Unicode code points. */
export interface Span {
  text: string;
  start: number;
  end: number;
  label: string;
}

/** A stretch of a text in UTF-16 units, as strings and selections count. */
export interface Stretch {
  start: number;
  end: number;
}

/** A mark in one text, placed for drawing. */
export interface Mark extends Stretch {
  span: Span;
  /** 0 is drawn closest to the words; marks that overlap have different lanes. */
  lane: number;
}

/** A piece of a text that is covered by the same marks from its beginning to its end. */
export interface Piece extends Stretch {
  /** By lane, lowest first. */
  marks: readonly Mark[];
  held: boolean;
}

const hasAstral = (text: string): boolean => /[\ud800-\udfff]/.test(text);

/** From code points to UTF-16 units. */
export function toUnits(text: string, points: number): number {
  if (!hasAstral(text)) return points;
  let units = 0;
  for (const one of text) {
    if (points-- <= 0) break;
    units += one.length;
  }
  return units;
}

/** From UTF-16 units to code points. Half a pair counts as begun. */
export function toPoints(text: string, units: number): number {
  if (!hasAstral(text)) return units;
  let points = 0;
  for (const one of text) {
    if (units <= 0) break;
    units -= one.length;
    points += 1;
  }
  return points;
}

const segmenters = new Map<string, Intl.Segmenter>();

function pieces(text: string, granularity: "word" | "sentence"): Intl.SegmentData[] {
  let segmenter = segmenters.get(granularity);
  if (!segmenter) segmenters.set(granularity, (segmenter = new Intl.Segmenter(undefined, { granularity })));
  return [...segmenter.segment(text)];
}

/** The words of a text, and what stands between them other than white space. */
export function wordsOf(text: string): Stretch[] {
  return pieces(text, "word")
    .filter((one) => one.segment.trim() !== "")
    .map((one) => ({ start: one.index, end: one.index + one.segment.length }));
}

/** Where sentences begin. */
export const sentencesOf = (text: string): number[] => pieces(text, "sentence").map((one) => one.index);

/** A stretch without white space at its ends, widened to whole words if so wished; null where nothing is left. */
export function tidied(text: string, stretch: Stretch, wholeWords: boolean): Stretch | null {
  let { start, end } = stretch;
  while (start < end && /\s/.test(text[start] ?? "")) start += 1;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end -= 1;
  if (start >= end) return null;
  if (wholeWords) {
    for (const word of wordsOf(text)) {
      if (word.start < start && start < word.end) start = word.start;
      if (word.start < end && end < word.end) end = word.end;
    }
  }
  return { start, end };
}

/** The marks of one text, each in the lowest lane that is free where it begins. */
export function placed(key: string, text: string, spans: readonly Span[]): Mark[] {
  const inside = spans
    .filter((span) => span.text === key)
    .map((span) => ({ span, start: toUnits(text, span.start), end: toUnits(text, span.end) }))
    .filter((mark) => mark.start < mark.end && mark.end <= text.length)
    .sort((one, other) => one.start - other.start || other.end - one.end);
  const until: number[] = [];
  return inside.map((mark) => {
    let lane = until.findIndex((end) => end <= mark.start);
    if (lane < 0) lane = until.length;
    until[lane] = mark.end;
    return { ...mark, lane };
  });
}

/** A text cut wherever a mark, or what is held, begins or ends. */
export function cut(text: string, marks: readonly Mark[], held: Stretch | null): Piece[] {
  const edges = new Set([0, text.length]);
  for (const one of [...marks, ...(held ? [held] : [])]) edges.add(one.start).add(one.end);
  const sorted = [...edges].filter((edge) => edge <= text.length).sort((a, b) => a - b);
  const open = [...marks].sort((a, b) => a.lane - b.lane);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    return {
      start,
      end,
      marks: open.filter((mark) => mark.start <= start && end <= mark.end),
      held: held !== null && held.start <= start && end <= held.end,
    };
  });
}

export const sameSpan = (one: Span, other: Span): boolean =>
  one.text === other.text && one.start === other.start && one.end === other.end && one.label === other.label;

const sharing = (one: Span, other: Span): boolean => one.text === other.text && one.start < other.end && other.start < one.end;

/** The spans with one more, in the order of the texts; without overlaps, those it meets give way. */
export function withSpan(spans: readonly Span[], added: Span, order: readonly string[], overlap: boolean): Span[] {
  const kept = spans.filter((one) => !sameSpan(one, added) && (overlap || !sharing(one, added)));
  return [...kept, added].sort(
    (a, b) => order.indexOf(a.text) - order.indexOf(b.text) || a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1),
  );
}
