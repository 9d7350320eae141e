/** What stands around the turns of the chat: what came before, where a branch stops, the message box, the whole. */
import { html, icon, nothing, t, tn } from "@preceptor/ui";
import type { Turn } from "../../widget.ts";
import { judging } from "./judging.ts";
import type { ConverseWidget } from "./widget.ts";
import { childrenOf, isUsable, isWriting, nameOf } from "./value.ts";
import "./composer.ts";

export function before(host: ConverseWidget): unknown {
  const { messages } = host.content;
  if (messages.length === 0) return nothing;
  return html`<section class="before" aria-label=${t("The conversation so far")}>
    ${messages.map((one) =>
      one.role === "system"
        ? html`<details class="fold"><summary>${t("Instructions to the model")}</summary><div class="said model"><rich-text .text=${one.content}></rich-text></div></details>`
        : one.role === "user"
          ? html`<div class="mine"><div class="bubble"><div class="words" dir="auto">${one.content}</div></div></div>`
          : html`<div class="answer"><div class="text"><rich-text .text=${one.content}></rich-text></div></div>`,
    )}
  </section>`;
}

export function given(host: ConverseWidget, prompt: string): unknown {
  return html`<div class="mine"><div class="bubble"><div class="words" dir="auto" data-reading>${prompt}</div></div></div>
    ${host.promptProblems.length > 0
      ? html`<div class="notice warn" role="alert">${icon("alert")}<div class="body">${host.promptProblems.map((one) => html`<p>${one.message}</p>`)}</div>
          <div class="actions"><button type="button" ?disabled=${host.sending} @click=${() => host.ask(prompt)}>${t("Ask the model")}</button></div></div>`
      : html`<p class="muted"><span class="spinner"></span> ${t("Asking the model")}</p>`}`;
}

/** The line shown stops short of turns that follow, or is none of those that were handed in. */
export function elsewhere(host: ConverseWidget, line: readonly Turn[]): unknown {
  const end = line.at(-1)?.id ?? null;
  if (!host.isWorking) {
    if ((host.finalLine.at(-1)?.id ?? null) === end) return nothing;
    return html`<div class="notice info" role="status">${icon("info")}<div class="body">${t("This branch was not handed in.")}</div>
      <div class="actions"><button type="button" @click=${() => (host.looking = null)}>${t("Back to the one that was")}</button></div></div>`;
  }
  const following = childrenOf(host.turns, end);
  const newest = following.at(-1);
  if (!newest) return nothing;
  const words =
    line.length === 0
      ? t("You are about to begin anew. What you asked so far is kept.")
      : tn("You are about to go on from here in another way. {count} branch that follows already is kept.", "You are about to go on from here in another way. {count} branches that follow already are kept.", following.length);
  return html`<div class="notice info" role="status">${icon("info")}<div class="body">${words}</div>
    <div class="actions"><button type="button" @click=${() => host.showBranch(newest)}>${t("Back to it")}</button></div></div>`;
}

export function composer(host: ConverseWidget, line: readonly Turn[]): unknown {
  if (!host.isWorking || (host.turns.length === 0 && host.givenPrompt !== null) || (host.mode === "preview" && !host.bench)) return nothing;
  const { max_turns } = host.settings;
  if (line.length >= max_turns) return html`<p class="muted full">${tn("A conversation here has {count} turn.", "A conversation here has up to {count} turns.", max_turns)}</p>`;
  const answer = host.answer;
  const last = line.at(-1);
  const from = last ? host.choiceAt(line, line.length - 1) : null;
  const response = last?.responses.find((one) => one.id === from);
  const waiting = last !== undefined && (from === null || (response !== undefined && isWriting(response)));
  const waits = !waiting ? "" : last.responses.some(isWriting) ? t("Wait until the model has answered, or stop it.") : last.responses.some(isUsable) ? t("Say first which response is the best.") : t("No response arrived.");
  const suggestion = host.content.follow_ups[line.length - 1];
  return html`<converse-composer
    .value=${answer.next_prompt}
    .follows=${last && from && last.responses.length > 1 ? t("Goes on from: {what}", { what: nameOf(last, from) }) : ""}
    .suggestions=${last && suggestion ? [suggestion] : []}
    .problems=${host.promptProblems.length > 0 ? host.promptProblems : host.shownProblems.filter((one) => one.path === "end" || one.path === "next_prompt")}
    .sending=${host.sending}
    .waits=${waits}
    .first=${!last}
    @message-changed=${(event: CustomEvent<string>) => host.typePrompt(event.detail)}
    @message-sent=${() => void host.ask(host.answer.next_prompt)}
  ></converse-composer>`;
}

export function whole(host: ConverseWidget, line: readonly Turn[]): unknown {
  const { whole: asked, min_turns } = host.settings;
  const answer = host.answer;
  const { rating, tags, comment } = answer;
  const before = host.mode === "correct" ? host.original : null;
  const asks = asked.rating !== "off" || asked.tags.length > 0 || asked.comment !== "off";
  if (!asks || line.length === 0 || (!host.isWorking && host.looking !== null && host.finalLine.at(-1) !== line.at(-1))) return nothing;
  const missing = min_turns - line.length;
  if (host.isWorking && missing > 0 && rating === null && tags.length === 0 && comment === "") {
    return html`<p class="muted ahead">${tn("After {count} more turn you say how the conversation went.", "After {count} more turns you say how the conversation went.", missing)}</p>`;
  }
  return html`<section class="whole card" aria-label=${t("The conversation as a whole")} data-aside>
    <h2>${t("The conversation as a whole")}</h2>
    ${judging({
      asked,
      said: { rating, tags, comment },
      original: before ? { rating: before.rating ?? null, tags: before.tags ?? [], comment: before.comment ?? "" } : null,
      editable: host.editable,
      name: t("The conversation"),
      isWrong: (what) => host.isWrong(what),
      commentOpen: host.hasOpenComment(""),
      openComment: () => host.openComment(""),
      change: (what, value) => host.change({ ...host.answer, [what]: value }, what === "comment" ? "text" : "mark", what),
    })}
  </section>`;
}
