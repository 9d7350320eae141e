/** What the workbench asks in dialogs. Each is a template; the shell decides which is open. */
import { formatDuration, formatMoney, formatWhen, html, icon, nothing, shownKeys, t, tn, type KeyHelp } from "@preceptor/ui";
import type { Assignment, Reason } from "../../../kinds/widget.ts";
import type { Next } from "./next.ts";
import type { Question, Receipt } from "./types.ts";

interface Modal {
  id: string;
  title: string;
  body: unknown;
  actions: unknown;
  /** Sent with the form's data when its primary button is pressed. */
  onSubmit?: (data: FormData) => void;
  onClose?: () => void;
  /** Nothing but its own buttons closes it. */
  stays?: boolean;
  classes?: string;
}

function modal({ id, title, body, actions, onSubmit, onClose, stays, classes }: Modal): unknown {
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit?.(new FormData(event.target as HTMLFormElement));
  };
  const cancel = (event: Event): void => {
    event.preventDefault();
    if (!stays) onClose?.();
  };
  return html`<dialog class="dialog ${classes ?? ""}" id=${id} aria-labelledby="${id}-title" data-stay @cancel=${cancel}>
    <form method="dialog" @submit=${submit}>
      <header><h2 id="${id}-title">${title}</h2>
        ${stays ? nothing : html`<button type="button" class="quiet icon-only" aria-label=${t("Close")} @click=${onClose}>${icon("x")}</button>`}</header>
      <div class="dialog-body">${body}</div>
      <div class="dialog-actions">${actions}</div>
    </form>
  </dialog>`;
}

const cancelButton = (onClose: () => void, text = t("Cancel")): unknown => html`<button type="button" @click=${onClose}>${text}</button>`;
const failure = (words: string): unknown => (words ? html`<p class="bad" role="alert">${icon("alert")} ${words}</p>` : nothing);

/** Skip or report, with a reason from the project's list. */
export function leaveDialog(
  how: "skip" | "report",
  { reasons, busy, words, onLeave, onClose }: { reasons: readonly Reason[]; busy: boolean; words: string; onLeave: (reason: string, note: string) => void; onClose: () => void },
): unknown {
  const skip = how === "skip";
  return modal({
    id: "bench-leave",
    title: skip ? t("Skip this task?") : t("Report a problem with this task"),
    body: html`
      <p class="muted">${skip ? t("Skipping is free: your time so far is paid, and the task goes to somebody else.") : t("Your time so far is paid, and the project’s managers see what you report.")}</p>
      <fieldset class="checks"><legend class="sr-only">${t("Reason")}</legend>
        ${reasons.map((reason, index) => html`<label class="check"><input type="radio" name="reason" value=${reason.key} required ?autofocus=${index === 0} /><span>${reason.label}</span></label>`)}
      </fieldset>
      <div class="field"><label for="leave-note">${t("Anything to add")} <span class="optional">${t("optional")}</span></label><textarea id="leave-note" name="note" rows="2"></textarea></div>
      ${failure(words)}`,
    actions: html`${cancelButton(onClose)}<button class="primary" ?disabled=${busy}>${skip ? t("Skip") : t("Report")}</button>`,
    onSubmit: (data) => onLeave(String(data.get("reason") ?? ""), String(data.get("note") ?? "")),
    onClose,
  });
}

/** Every key, and a switch for those that are single letters. */
export function keysDialog(own: readonly KeyHelp[], { single, onSingle, onClose }: { single: boolean; onSingle: (on: boolean) => void; onClose: () => void }): unknown {
  const general: KeyHelp[] = [
    { keys: [["Mod", "Enter"]], does: t("Submit") },
    { keys: [["Mod", "Z"]], does: t("Undo") },
    { keys: [["Mod", "Shift", "Z"]], does: t("Redo") },
    { keys: [["Mod", "S"]], does: t("Save now (it saves by itself)") },
    { keys: [["G"]], does: t("Guidelines") },
    { keys: [["P"]], does: t("Pause") },
    { keys: [["Esc"]], does: t("Out of a text, back to the keys") },
    { keys: [["?"]], does: t("This list") },
  ];
  const rows = (list: readonly KeyHelp[]): unknown =>
    html`<dl class="keys">${list.map(
      ({ keys, does }) => html`<dt>${keys.map((combination, index) => html`${index > 0 ? html`<span class="muted"> / </span>` : nothing}${shownKeys(combination).map((key) => html`<kbd>${key}</kbd>`)}`)}</dt><dd>${does}</dd>`,
    )}</dl>`;
  return modal({
    id: "bench-keys",
    title: t("All keys"),
    body: html`<div class="key-lists"><section><h3>${t("This task")}</h3>${rows(own)}</section><section><h3>${t("The workbench")}</h3>${rows(general)}</section></div>
      <label class="check switch"><input type="checkbox" .checked=${single} @change=${(event: Event) => onSingle((event.target as HTMLInputElement).checked)} /><span>${t("Single letters and digits are keys")}<span class="help">${t("Turn this off if speech or another tool types for you.")}</span></span></label>`,
    actions: html`<button class="primary" autofocus>${t("Close")}</button>`,
    onSubmit: onClose,
    onClose,
    classes: "wide",
  });
}

/** Honest checks: the person decides. */
export function questionsDialog(questions: readonly Question[], { busy, onLook, onConfirm, onClose }: { busy: boolean; onLook: (path: string) => void; onConfirm: () => void; onClose: () => void }): unknown {
  return modal({
    id: "bench-questions",
    title: tn("One thing before you submit", "{count} things before you submit", questions.length),
    body: html`<ul class="questions">
        ${questions.map((question, index) => html`<li><p>${question.text}</p><button type="button" class="tiny" ?autofocus=${index === 0} @click=${() => onLook(question.path)}>${t("Look at it")}</button></li>`)}
      </ul>
      <p class="muted small">${t("If it is right as it stands, submit it. Nothing is held against you.")}</p>`,
    actions: html`${cancelButton(onClose, t("Go back"))}<button class="primary" ?disabled=${busy}>${t("It is right: submit")}</button>`,
    onSubmit: onConfirm,
    onClose,
  });
}

/** Two versions of the draft. */
export function conflictDialog(onChoose: (choice: "mine" | "newer") => void): unknown {
  return modal({
    id: "bench-conflict",
    title: t("There is a newer draft"),
    body: html`<p>${t("You went on with this task somewhere else, and what is here was not saved by then. Which one do you want to go on with?")}</p>
      <p class="muted small">${t("You can undo the choice: the other version stays one step back.")}</p>`,
    actions: html`<button type="button" @click=${() => onChoose("mine")}>${t("Keep what is here")}</button><button type="button" class="primary" autofocus @click=${() => onChoose("newer")}>${t("Take the newer one")}</button>`,
    stays: true,
  });
}

/** The sign-in ran out: address and password, and the second factor where there is one; or a passkey alone. */
export function signInDialog(
  email: string,
  { busy, words, asksCode, onSignIn, onPasskey, onLater }: { busy: boolean; words: string; asksCode: boolean; onSignIn: (email: string, password: string, code: string) => void; onPasskey: (() => void) | null; onLater: () => void },
): unknown {
  return modal({
    id: "bench-sign-in",
    title: t("Please sign in again"),
    body: html`<p>${t("Your sign-in has run out. What you wrote is kept on this device and is saved as soon as you are back.")}</p>
      <div class="fields"><div class="field"><label for="again-email">${t("E-mail")}</label><input id="again-email" name="email" type="email" autocomplete="username" value=${email} required readonly /></div>
      <div class="field"><label for="again-password">${t("Password")}</label><input id="again-password" name="password" type="password" autocomplete="current-password" required autofocus /></div>
      ${asksCode
        ? html`<div class="field"><label for="again-code">${t("Code")}</label><input id="again-code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" required aria-describedby="again-code-help" /><p class="help" id="again-code-help">${t("Six digits from your app; or, if you have lost it, one of your recovery codes.")}</p></div>`
        : nothing}</div>
      ${failure(words)}
      ${onPasskey ? html`<p><button type="button" class="wide" ?disabled=${busy} @click=${onPasskey}>${icon("key")}${t("Use a passkey")}</button></p>` : nothing}
      <p class="small"><a href="/sign-in?next=/work" target="_blank" rel="noopener">${t("Sign in another way, in a new tab")}</a> <span class="muted">${t("Then come back here: nothing is lost.")}</span></p>`,
    actions: html`${cancelButton(onLater, t("Later"))}<button class="primary" ?disabled=${busy}>${t("Sign in")}</button>`,
    onSubmit: (data) => onSignIn(String(data.get("email") ?? ""), String(data.get("password") ?? ""), String(data.get("code") ?? "").trim()),
    onClose: onLater,
  });
}

/** A pause that covers the text. */
export function pauseDialog({ busy, since, task, onResume }: { busy: boolean; since: Date | null; task: Assignment; onResume: () => void }): unknown {
  const until = new Date(task.lease_until ?? 0);
  const held = task.rework_round > 0
    ? t("This task stays yours. What you wrote is kept, and you can go on whenever you like.")
    : until > new Date()
      ? t("Your place is held for you until {time}. What you wrote is kept in any case.", { time: formatWhen(until) })
      : t("Your place may have gone to somebody else by now. What you wrote is kept, and you can go on.");
  return modal({
    id: "bench-pause",
    title: t("Paused"),
    body: html`<p class="big">${icon("pause")}</p><p>${since ? t("Since {time}. The clock stands still.", { time: formatWhen(since) }) : t("The clock stands still.")}</p>
      <p>${held}</p>`,
    actions: html`<button class="primary" autofocus ?disabled=${busy}>${icon("play")}${t("Go on")}</button>`,
    onSubmit: onResume,
    stays: true,
    classes: "covers",
  });
}

/** Minutes and money, and what comes next. */
export function receiptDialog(receipt: Receipt, next: Next | null, { busy, work, submission, claim, onNext }: { busy: boolean; work: string; submission: string; claim: string; onNext: () => void }): unknown {
  const titles: Record<Receipt["outcome"], string> = {
    submitted: t("Submitted"),
    surplus: t("Submitted"),
    skipped: t("Skipped"),
    reported: t("Reported. Thank you."),
    expired: t("This task has ended"),
  };
  const { clock, amount, paid_ms } = receipt;
  const before = clock.paid_ms - paid_ms;
  const ready = next?.assignment != null;
  // Unknown is not none: whoever asks finds out.
  const mayAsk = ready || !next?.reason;
  return modal({
    id: "bench-receipt",
    title: titles[receipt.outcome],
    body: html`
      <p class="sum"><b class="num">${formatMoney(amount)}</b> <span class="muted">${t("for {time}", { time: formatDuration(paid_ms) })}</span></p>
      ${before >= 1000 ? html`<p class="small">${t("{time} of this task were paid before.", { time: formatDuration(before) })}</p>` : nothing}
      <dl class="facts small"><dt>${t("Active")}</dt><dd class="num">${formatDuration(clock.active_ms)}</dd><dt>${t("Waiting for models")}</dt><dd class="num">${formatDuration(clock.waiting_ms)}</dd><dt>${t("Idle, not paid")}</dt><dd class="num">${formatDuration(clock.idle_ms)}</dd></dl>
      ${receipt.by_task ? html`<p class="small">${t("This is paid by the task. Once the month is over, what your tasks lack of the promised hour is added.")}</p>` : nothing}
      ${receipt.over_ms ? html`<div class="notice">${icon("clock")}<div class="body">${t("{time} are over what is paid at most. You can claim them with a note; a person decides.", { time: formatDuration(receipt.over_ms) })} <a href=${claim}>${t("Claim")}</a></div></div>` : nothing}
      ${receipt.outcome === "surplus" ? html`<div class="notice info">${icon("info")}<div class="body">${t("The place was taken while you were away, so this answer is kept beside the others. It is paid like any other.")}</div></div>` : nothing}
      <p class="next">${ready
        ? html`${icon("check-circle")} ${t("The next task is ready.")}`
        : next?.reason
          ? html`${icon("inbox")} ${t("Nothing more for you here right now: {reason}", { reason: next.reason })}`
          : nothing}</p>`,
    actions: html`
      ${receipt.submission_id ? html`<a class="button quiet" href=${submission}>${t("See what you submitted")}</a>` : nothing}
      <a class="button ${mayAsk ? "" : "primary"}" href=${work}>${t("Back to Work")}</a>
      ${mayAsk ? html`<button class="primary" autofocus ?disabled=${busy}>${t("Next task")} <kbd>⏎</kbd></button>` : nothing}`,
    onSubmit: onNext,
    stays: true,
    classes: "receipt",
  });
}

/** Something the server refuses for good, or what happened in another tab. */
export function endDialog({ title, words, work, onReload }: { title: string; words: string; work: string; onReload?: () => void }): unknown {
  return modal({
    id: "bench-end",
    title,
    body: html`<p>${words}</p>`,
    actions: html`<a class="button ${onReload ? "" : "primary"}" href=${work}>${t("Back to Work")}</a>${onReload ? html`<button class="primary" autofocus>${t("Load the page again")}</button>` : nothing}`,
    onSubmit: onReload ?? (() => undefined),
    stays: true,
  });
}
