/** Sentences above the work that must be seen. */
import { html, icon, nothing, t } from "@preceptor/ui";
import "./announcements.ts";
import type { Session } from "./session.ts";

export interface NoticeActions {
  takeUp(): void;
}

export function notices(session: Session, busy: boolean, actions: NoticeActions): unknown {
  const { id, state, rework_round, exam_over: examOver } = session.assignment;
  const { announcements = [] } = session.data;
  const rework = session.data.assignment.id === id ? session.data.rework : null;
  return html`<div class="notices">
    ${announcements.length > 0 ? html`<bench-announcements .announcements=${announcements} .api=${session.api}></bench-announcements>` : nothing}
    ${rework
      ? html`<div class="notice warn">${icon("undo")}<div class="body"><strong>${t("Sent back to you: {reason}", { reason: rework.reason })}</strong>
          ${rework.note ? html`<p dir="auto">${rework.note}</p>` : nothing}
          <p class="small muted">${t("Round {n}. What you wrote is still here; your time is paid.", { n: rework_round })}</p></div></div>`
      : nothing}
    ${examOver && !session.ended
      ? html`<div class="notice warn" role="alert">${icon("clock")}<div class="body"><strong>${t("The time of this exam is over: it was handed in as it stood.")}</strong>
          <p>${t("This part counts as not answered. Your text is kept, and the time that you had spent on it is paid.")}</p></div></div>`
      : state === "expired" && !session.ended
      ? html`<div class="notice warn" role="alert">${icon("clock")}<div class="body"><strong>${t("You were away for a while, so your place went back to the queue.")}</strong>
          <p>${t("Your text and your time are kept. You can go on and submit: if the place is taken by then, your work is kept and paid all the same.")}</p></div>
          <div class="actions"><button type="button" ?disabled=${busy} @click=${actions.takeUp}>${t("Take the place back")}</button></div></div>`
      : nothing}
    ${session.elsewhere && !session.ended
      ? html`<div class="notice info">${icon("copy")}<div class="body">${t("This task is open in another tab as well. Both are kept in step; your time counts once.")}</div></div>`
      : nothing}
    ${session.recovered
      ? html`<div class="notice good">${icon("check-circle")}<div class="body">${t("Taken up from what this device had kept.")}</div></div>`
      : nothing}
  </div>`;
}
