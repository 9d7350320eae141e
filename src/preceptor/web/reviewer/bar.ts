/** The bar at the foot of the desk: the four verdicts, or what ends a correction. */
import { html, icon, nothing, shownKeys, t, tn } from "@preceptor/ui";
import type { Problem } from "../../kinds/widget.ts";
import type { Verdict } from "./types.ts";

interface Shown {
  /** The reviewer's own time. */
  clock: unknown;
  busy: boolean;
  correcting: boolean;
  note: string;
  showsNote: boolean;
  /** Why the answer cannot be returned; null where it can. */
  noReturn: string | null;
  /** What the correction still lacks. */
  problems: readonly Problem[];
  canUndo: boolean;
  canRedo: boolean;
}

interface Actions {
  choose(verdict: Verdict): void;
  sendCorrection(): void;
  cancel(): void;
  undo(): void;
  redo(): void;
  note(note: string): void;
  toggleNote(): void;
  keys(): void;
  look(path: string): void;
}

export function foot(shown: Shown, actions: Actions): unknown {
  const writesNote = shown.showsNote || (shown.correcting && shown.note !== "");
  return html`<div class="act" role="region" aria-label=${shown.correcting ? t("Your correction") : t("Verdict")}>
    ${writesNote ? noteField(shown, actions) : nothing}
    <div class="row">${shown.clock}${shown.correcting ? correctingBar(shown, actions) : verdictBar(shown, actions)}</div>
  </div>`;
}

function noteField({ note }: Shown, actions: Actions): unknown {
  return html`<div class="note"><label for="review-note">${t("Note to the trainer")} <span class="optional">${t("optional")}</span></label>
    <textarea id="review-note" rows="2" maxlength="4000" dir="auto" .value=${note} @input=${(event: Event) => actions.note((event.target as HTMLTextAreaElement).value)}></textarea></div>`;
}

function noteButton({ note, showsNote }: Shown, actions: Actions): unknown {
  return html`<button type="button" class="quiet note-button ${note ? "written" : ""}" aria-expanded=${String(showsNote)} aria-keyshortcuts="N" @click=${actions.toggleNote}>${icon("message")}<span class="hide-small">${t("Note")}</span><span class="sr-only only-small">${t("Note")}</span></button>`;
}

function verdictBar(shown: Shown, actions: Actions): unknown {
  const button = (verdict: Verdict, text: string, key: string, kind: string): unknown =>
    html`<button type="button" class="verdict ${kind}" aria-keyshortcuts=${key} ?disabled=${shown.busy} @click=${() => actions.choose(verdict)}>${shown.busy && verdict === "accept" ? html`<span class="spinner"></span>` : nothing}${text} <kbd aria-hidden="true">${key}</kbd></button>`;
  return html`${noteButton(shown, actions)}
    <button type="button" class="quiet icon-only hide-small" aria-label=${t("All keys")} title=${t("All keys")} aria-keyshortcuts="?" @click=${actions.keys}>${icon("keyboard")}</button>
    <span class="grow"></span>
    ${button("reject", t("Reject"), "X", "quiet danger")} ${button("return", t("Return"), "R", shown.noReturn ? "off" : "")}
    ${button("correct", t("Correct"), "C", "")} ${button("accept", t("Accept"), "A", "primary")}`;
}

function correctingBar(shown: Shown, actions: Actions): unknown {
  const [first] = shown.problems;
  return html`<button type="button" class="quiet" @click=${actions.cancel}>${t("Cancel")}</button>
    ${noteButton(shown, actions)}
    <button type="button" class="quiet icon-only" ?disabled=${!shown.canUndo} aria-label=${t("Undo")} title=${t("Undo")} @click=${actions.undo}>${icon("undo", { turns: true })}</button>
    <button type="button" class="quiet icon-only hide-small" ?disabled=${!shown.canRedo} aria-label=${t("Redo")} title=${t("Redo")} @click=${actions.redo}>${icon("redo", { turns: true })}</button>
    <span class="grow"></span>
    ${first
      ? html`<button type="button" class="link bad small hide-small" @click=${() => actions.look(first.path)}>${tn("{count} thing missing", "{count} things missing", shown.problems.length)}</button>`
      : html`<span class="muted small hide-small">${t("The trainer sees what you change.")}</span>`}
    <button type="button" class="primary verdict" ?disabled=${shown.busy} @click=${actions.sendCorrection}>${shown.busy ? html`<span class="spinner"></span>` : nothing}<span class="hide-small">${t("Accept with correction")}</span><span class="only-small">${t("Accept")}</span> <kbd aria-hidden="true">${shownKeys(["Mod", "Enter"]).join(" ")}</kbd></button>`;
}
