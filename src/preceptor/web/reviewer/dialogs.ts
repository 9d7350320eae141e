/** What the review desk asks in dialogs. Each is a template; the desk decides which is open. */
import { html, icon, nothing, shownKeys, t, type KeyHelp } from "@preceptor/ui";
import type { ReasonChoice } from "./types.ts";

interface Modal {
  id: string;
  title: string;
  body: unknown;
  actions: unknown;
  onSubmit: (data: FormData) => void;
  /** Left out: nothing but its own buttons closes it. */
  onClose?: () => void;
  classes?: string;
}

function modal({ id, title, body, actions, onSubmit, onClose, classes = "" }: Modal): unknown {
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit(new FormData(event.target as HTMLFormElement));
  };
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog class="dialog ${classes}" id=${id} aria-labelledby="${id}-title" data-stay @cancel=${cancel}>
    <form method="dialog" @submit=${submit}>
      <header><h2 id="${id}-title">${title}</h2>
        ${onClose ? html`<button type="button" class="quiet icon-only" aria-label=${t("Close")} @click=${onClose}>${icon("x")}</button>` : nothing}</header>
      <div class="dialog-body">${body}</div>
      <div class="dialog-actions">${actions}</div>
    </form>
  </dialog>`;
}

interface Refusal {
  how: "return" | "reject";
  reasons: readonly ReasonChoice[];
  reason: string;
  note: string;
  busy: boolean;
  words: string;
  onNote: (note: string) => void;
  onReason: (reason: string) => void;
  onSend: () => void;
  onClose: () => void;
}

/** Return or reject: a reason from the closed list, and a note. */
export function refusalDialog({ how, reasons, reason, note, busy, words, onNote, onReason, onSend, onClose }: Refusal): unknown {
  const returns = how === "return";
  // A digit chooses, wherever no text is typed; Ctrl+Enter sends from everywhere.
  const onKey = (event: KeyboardEvent): void => {
    const form = (event.currentTarget as HTMLElement).closest("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form?.requestSubmit();
    } else if (!(event.target instanceof HTMLTextAreaElement) && /^[1-9]$/.test(event.key)) {
      const chosen = reasons[Number(event.key) - 1];
      if (chosen) onReason(chosen.key);
    }
  };
  return modal({
    id: "review-refusal",
    title: returns ? t("Return for rework") : t("Reject this answer"),
    body: html`<div class="fields" @keydown=${onKey}>
      <p class="muted">${returns ? t("It goes back to its trainer with your reason and note. Their draft is kept, and you see it again first.") : t("It does not count, and somebody else is asked for an answer in its place. The trainer reads your reason and note.")}</p>
      <fieldset class="field"><legend>${t("Reason")}</legend><div class="checks">
        ${reasons.map((one, index) => html`<label class="check"><input type="radio" name="reason" value=${one.key} required ?autofocus=${index === 0} .checked=${one.key === reason} @change=${() => onReason(one.key)} /><span>${one.label}${one.no_pay ? html` <small class="muted">${t("not paid")}</small>` : nothing}</span><kbd class="push" aria-hidden="true">${index + 1}</kbd></label>`)}
      </div></fieldset>
      <div class="field"><label for="refusal-note">${t("Note to the trainer")}</label>
        <textarea id="refusal-note" rows="3" required maxlength="4000" dir="auto" .value=${note} placeholder=${returns ? t("What is to be done, and where?") : t("What did you see?")} @input=${(event: Event) => onNote((event.target as HTMLTextAreaElement).value)}></textarea></div>
      ${words ? html`<p class="bad" role="alert">${icon("alert")} ${words}</p>` : nothing}
    </div>`,
    actions: html`<button type="button" @click=${onClose}>${t("Cancel")}</button><button class=${returns ? "primary" : "danger primary"} ?disabled=${busy}>${busy ? html`<span class="spinner"></span>` : nothing}${returns ? t("Return") : t("Reject")} <kbd>${shownKeys(["Mod", "Enter"]).join(" ")}</kbd></button>`,
    onSubmit: onSend,
    onClose,
  });
}

/** The verdict cannot be given any more. */
export function endDialog({ title, words, inbox, onReload }: { title: string; words: string; inbox: string; onReload: () => void }): unknown {
  return modal({
    id: "review-end",
    title,
    body: html`<p>${words}</p>`,
    actions: html`<a class="button" href=${inbox}>${t("To the inbox")}</a><button class="primary" autofocus>${t("Look again")}</button>`,
    onSubmit: onReload,
  });
}

/** A correction is thrown away only when that is meant. */
export function discardDialog({ onDiscard, onClose }: { onDiscard: () => void; onClose: () => void }): unknown {
  return modal({
    id: "review-discard",
    title: t("Throw your correction away?"),
    body: html`<p>${t("The answer is shown again as the trainer gave it.")}</p>`,
    actions: html`<button type="button" autofocus @click=${onClose}>${t("Go on correcting")}</button><button class="danger">${t("Throw away")}</button>`,
    onSubmit: onDiscard,
    onClose,
  });
}

/** Every key, and a switch for those that are single letters. */
export function keysDialog(own: readonly KeyHelp[], { single, onSingle, onClose }: { single: boolean; onSingle: (on: boolean) => void; onClose: () => void }): unknown {
  const desk: KeyHelp[] = [
    { keys: [["A"]], does: t("Accept") },
    { keys: [["C"]], does: t("Correct") },
    { keys: [["R"]], does: t("Return for rework") },
    { keys: [["X"]], does: t("Reject") },
    { keys: [["N"]], does: t("Write a note to the trainer") },
    { keys: [["G"]], does: t("Guidelines") },
    { keys: [["Mod", "Enter"]], does: t("While correcting: accept with the correction") },
    { keys: [["Mod", "Z"]], does: t("While correcting: undo") },
    { keys: [["Esc"]], does: t("Out of a text; then out of the correction") },
    { keys: [["?"]], does: t("This list") },
  ];
  const rows = (list: readonly KeyHelp[]): unknown =>
    html`<dl class="keys">${list.map(
      ({ keys, does }) => html`<dt>${keys.map((combination, index) => html`${index > 0 ? html`<span class="muted"> / </span>` : nothing}${shownKeys(combination).map((key) => html`<kbd>${key}</kbd>`)}`)}</dt><dd>${does}</dd>`,
    )}</dl>`;
  return modal({
    id: "review-keys",
    title: t("All keys"),
    body: html`<div class="key-lists"><section><h3>${t("This review")}</h3>${rows(desk)}</section><section><h3>${t("This answer")}</h3>${rows(own)}</section></div>
      <label class="check switch"><input type="checkbox" .checked=${single} @change=${(event: Event) => onSingle((event.target as HTMLInputElement).checked)} /><span>${t("Single letters and digits are keys")}<span class="help">${t("Turn this off if speech or another tool types for you.")}</span></span></label>`,
    actions: html`<button class="primary" autofocus>${t("Close")}</button>`,
    onSubmit: onClose,
    onClose,
    classes: "wide",
  });
}
