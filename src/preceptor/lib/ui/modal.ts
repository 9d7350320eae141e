/** Closing dialogs. */
import { isTyping } from "./keys.ts";

/**
 * Chromium gives the focus back to the text that somebody was writing in, but not the caret: whatever is typed next would
 * go nowhere.
 */
export function giveCaretBack(): void {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !isTyping(active)) return;
  active.blur();
  active.focus({ preventScroll: true });
}

/** Closes a dialog before it is taken off the page, so that whoever was writing can write on. */
export function closeDialog(dialog: HTMLDialogElement | null): void {
  if (!dialog) return;
  dialog.close();
  giveCaretBack();
}
