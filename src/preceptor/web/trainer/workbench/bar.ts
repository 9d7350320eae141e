/** The bar at the top: what is worked on, the clock and the money, and whether everything is saved. */
import { formatClock, formatDuration, formatMoney, formatTime, html, icon, nothing, t, tn } from "@preceptor/ui";
import type { Progress } from "../../../kinds/widget.ts";
import type { ClockShown } from "./clock.ts";
import { guidelinesLabel, isUnread } from "./guidelines.ts";
import type { Session } from "./session.ts";
import type { Guidelines } from "./types.ts";

export interface BarActions {
  guidelines(): void;
  keys(): void;
  signIn(): void;
  retry(): void;
}

export interface BarContent {
  session: Session;
  clock: ClockShown;
  progress: Progress;
  guidelines: Guidelines | null;
  signedOut: boolean;
}

export function bar({ session, clock, progress, guidelines, signedOut }: BarContent, actions: BarActions): unknown {
  const { project, item } = session.assignment;
  const { turn } = progress;
  return html`<div class="bench-top">
    <div class="what">
      <h1>${project.title}</h1>
      ${session.isPreview ? html`<span class="pill warn">${t("try-out: counts nothing")}</span>` : nothing}
      ${turn && turn.most > 1 ? html`<span class="pill">${t("turn {n} of {m}", { n: turn.n, m: turn.most })}</span>` : nothing}
      ${item.topic ? html`<span class="pill accent"><bdi>${item.topic}</bdi></span>` : nothing}
    </div>
    <div class="bar">
      ${session.isPreview ? nothing : html`<span class="save" role="status">${signedOut ? signInButton(actions) : saveState(session, actions)}</span>`}
      ${session.isPreview ? nothing : clockButton(session, clock)}
      <span class="tools">
        ${guidelines
          ? html`<button type="button" class="quiet tiny ${isUnread(guidelines) ? "unread" : ""}" @click=${actions.guidelines}>${icon("book")}<span>${guidelinesLabel(guidelines)}</span></button>`
          : nothing}
        ${questionsLink(session)}
        <button type="button" class="quiet tiny icon-only hide-small" aria-label=${t("All keys")} title=${t("All keys")} aria-keyshortcuts="?" @click=${actions.keys}>${icon("keyboard")}</button>
      </span>
    </div>
  </div>`;
}

// In a tab of its own: the draft stays where it is, and nobody has to find the way back.
function questionsLink(session: Session): unknown {
  const { questions } = session.data;
  if (!questions) return nothing;
  const label = questions.unread > 0 ? tn("Questions: {count} new", "Questions: {count} new", questions.unread) : t("Questions");
  return html`<a class="button quiet tiny ${questions.unread > 0 ? "unread" : ""}" href=${questions.url} target="_blank" rel="noopener">${icon("message")}<span class="hide-small">${label}</span><span class="only-small sr-only">${label}</span></a>`;
}

function clockButton(session: Session, clock: ClockShown): unknown {
  const { figures } = clock;
  const { rate_per_hour: rate, task_price: price, cap_minutes: cap, estimated_minutes: estimate } = session.assignment.project;
  const idle = !clock.running && session.assignment.state === "active";
  return html`<button type="button" class="clock ${clock.running ? "" : "still"}" popovertarget="bench-clock" aria-label=${t("Paid time {time}, {money}", { time: formatDuration(clock.paid_ms), money: formatMoney(price ?? clock.amount) })}>
      ${icon(session.assignment.state === "paused" ? "pause" : "clock")}<span class="num" aria-hidden="true">${formatClock(clock.paid_ms)}</span>
      <span class="num" aria-hidden="true">${formatMoney(price ?? clock.amount)}</span>
      ${idle ? html`<span class="pill hide-small">${t("idle")}</span>` : nothing}
    </button>
    <div id="bench-clock" class="menu clock-figures" popover data-menu>
      <dl class="facts">
        <dt>${t("Active")}</dt><dd class="num">${formatClock(figures.active_ms)}</dd>
        <dt>${t("Waiting for models")}</dt><dd class="num">${formatClock(figures.waiting_ms)}</dd>
        <dt>${t("Idle, not paid")}</dt><dd class="num">${formatClock(figures.idle_ms)}</dd>
        <dt>${t("Paused")}</dt><dd class="num">${formatClock(figures.paused_ms)}</dd>
        ${price ? html`<dt>${t("For this task")}</dt><dd class="num">${formatMoney(price)}</dd>` : nothing}
        ${rate ? html`<dt>${price ? t("Topped up to") : t("Rate")}</dt><dd class="num">${t("{amount} / h", { amount: formatMoney(rate) })}</dd>` : nothing}
        ${estimate ? html`<dt>${t("Usually takes")}</dt><dd class="num">${t("{n} min", { n: estimate })}</dd>` : nothing}
        ${cap ? html`<dt>${t("Paid up to")}</dt><dd class="num">${t("{n} min", { n: cap })}</dd>` : nothing}
      </dl>
      <p class="small muted">${t("Time is idle after some minutes without a key, a click or scrolling; later where there is much to read.")}</p>
    </div>`;
}

function saveState(session: Session, actions: BarActions): unknown {
  const state = session.saveState;
  switch (state.kind) {
    case "untouched":
      return nothing;
    case "saving":
      return html`<span class="pill">${icon("cloud")}<span>${t("saving…")}</span></span>`;
    case "saved":
      return html`<span class="pill good">${icon("check")}<span>${t("saved")}</span> <span class="hide-small">${formatTime(state.at)}</span></span>`;
    case "offline":
      return html`<button type="button" class="pill warn" @click=${actions.retry} title=${t("Everything is kept on this device and sent as soon as there is a connection.")}>${icon("cloud-off")}<span>${t("offline: kept on this device")}</span></button>`;
    case "conflict":
      return html`<span class="pill warn">${icon("alert")}<span>${t("two versions")}</span></span>`;
    case "refused":
      return html`<span class="pill bad" title=${state.words}>${icon("alert")}<span>${t("not saved: {reason}", { reason: state.words })}</span></span>`;
  }
}

function signInButton(actions: BarActions): unknown {
  return html`<button type="button" class="pill warn" @click=${actions.signIn}>${icon("lock")}<span>${t("sign in again")}</span></button>`;
}
