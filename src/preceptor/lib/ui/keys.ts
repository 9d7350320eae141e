/** What a key press means: whether it belongs to a text, and how keys are called on this machine. */

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** True where typing makes text, so that single letters are not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
}

/** Ctrl, or ⌘ on a Mac, and no Alt. */
export function hasCommand(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;
}

/** One combination as people see it on their keyboard: `["Ctrl", "Enter"]` or `["⌘", "⏎"]`. */
export function shownKeys(keys: readonly string[]): string[] {
  const mac: Record<string, string> = { Mod: "⌘", Alt: "⌥", Shift: "⇧", Enter: "⏎" };
  return keys.map((key) => (isMac ? (mac[key] ?? key) : key === "Mod" ? "Ctrl" : key));
}

/** A line of the dialog that lists all keys. Several combinations do the same. */
export interface KeyHelp {
  keys: readonly (readonly string[])[];
  does: string;
}
