import { diffWordsWithSpace } from "diff";
import type { DiffSegment } from "./words.ts";

/** The changes, or null where they take too long to find. */
export function wordChanges(before: string, after: string): DiffSegment[] | null {
  const changes = diffWordsWithSpace(before, after, { timeout: 400 });
  if (!changes) return null;
  return changes.map(({ added, removed, value }) => ({ kind: added ? "ins" : removed ? "del" : "same", text: value }));
}
