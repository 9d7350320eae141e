/** Words, counted and compared. */

/** The number of words, by white space; close enough for reading time in every script that has spaces. */
export function countWords(text: string): number {
  return text.trim() === "" ? 0 : text.trim().split(/\s+/u).length;
}

export interface DiffSegment {
  kind: "same" | "ins" | "del";
  text: string;
}

/** Above so many characters a side, the whole text counts as replaced. */
const MAX_DIFF = 60_000;

/** What turns `before` into `after`, word by word, in reading order. The library is fetched when it is first needed. */
export async function diffWords(before: string, after: string): Promise<DiffSegment[]> {
  if (before === after) return before ? [{ kind: "same", text: before }] : [];
  const replaced: DiffSegment[] = [
    { kind: "del", text: before },
    { kind: "ins", text: after },
  ];
  if (before.length > MAX_DIFF || after.length > MAX_DIFF) return replaced;
  const { wordChanges } = await import("./differ.ts");
  return wordChanges(before, after) ?? replaced;
}

/** Words taken out and put in. */
export function diffFigures(segments: readonly DiffSegment[]): { added: number; removed: number } {
  const total = (kind: DiffSegment["kind"]): number =>
    segments.filter((one) => one.kind === kind).reduce((sum, one) => sum + countWords(one.text), 0);
  return { added: total("ins"), removed: total("del") };
}
