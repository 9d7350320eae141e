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
  try {
    const { wordChanges } = await import("./differ.ts");
    return readable(wordChanges(before, after) ?? replaced);
  } catch {
    // No network, or a newer version was installed since: coarse, but true.
    return replaced;
  }
}

/** A word or two that stayed between two changes says nothing; it is shown as changed, so that changes read as phrases. */
const LONELY = 12;

function readable(segments: readonly DiffSegment[]): DiffSegment[] {
  const made: DiffSegment[] = [];
  let removed = "";
  let added = "";
  const close = (): void => {
    if (removed) made.push({ kind: "del", text: removed });
    if (added) made.push({ kind: "ins", text: added });
    removed = added = "";
  };
  segments.forEach((segment, index) => {
    if (segment.kind === "del") removed += segment.text;
    else if (segment.kind === "ins") added += segment.text;
    else {
      const lonely = segment.text.length <= LONELY && !segment.text.includes("\n") && index < segments.length - 1 && removed !== "" && added !== "";
      if (lonely) {
        removed += segment.text;
        added += segment.text;
        return;
      }
      close();
      made.push(segment);
    }
  });
  close();
  return made;
}

/** Words taken out and put in. */
export function diffFigures(segments: readonly DiffSegment[]): { added: number; removed: number } {
  const total = (kind: DiffSegment["kind"]): number =>
    segments.filter((one) => one.kind === kind).reduce((sum, one) => sum + countWords(one.text), 0);
  return { added: total("ins"), removed: total("del") };
}
