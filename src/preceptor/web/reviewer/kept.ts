/** What a reviewer has written and not sent yet, kept on this device until the verdict is given. */

export interface Kept {
  submission_id: string;
  note: string;
  /** The corrected answer; null while nothing was corrected. */
  content: unknown;
}

const PREFIX = "preceptor-review-";
const SAID = "preceptor-said";
const MOST = 20;

// A browser may refuse to keep anything (private windows, full disk): then it is not kept, and work goes on.
function quietly<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

export function keep(id: string, kept: Kept): void {
  quietly(() => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + id);
    for (const key of keys.sort().slice(0, Math.max(0, keys.length - MOST))) localStorage.removeItem(key);
    localStorage.setItem(PREFIX + id, JSON.stringify(kept));
  });
}

/** What was kept of this review, unless its trainer has handed in another revision since. */
export function kept(id: string, submissionId: string): Kept | null {
  const found = quietly(() => JSON.parse(localStorage.getItem(PREFIX + id) ?? "null") as Kept | null);
  return found?.submission_id === submissionId ? found : null;
}

export function forget(id: string): void {
  quietly(() => localStorage.removeItem(PREFIX + id));
}

/** Words for the page that comes next. */
export function say(text: string): void {
  quietly(() => sessionStorage.setItem(SAID, text));
}

/** What the page before left to say, once. */
export function said(): string | null {
  return quietly(() => {
    const text = sessionStorage.getItem(SAID);
    sessionStorage.removeItem(SAID);
    return text;
  });
}
