/** One turn in the chat: the message with its branch switcher, the responses, and what the person wrote instead. */
import { html, icon, nothing, repeat, t } from "@preceptor/ui";
import type { Response, Turn } from "../../widget.ts";
import { judging } from "./judging.ts";
import type { ConverseWidget } from "./widget.ts";
import { IDEAL, childrenOf, choiceIn, isBlank, isUsable, isWriting, nameOf, type TurnAnswer } from "./value.ts";

/** A turn at its place on the line that is shown. */
export interface Placed {
  turn: Turn;
  said: TurnAnswer;
  /** In a correction: what the trainer said. */
  original: TurnAnswer | null;
  /** Among the turns as they were asked: the place in the answer. */
  index: number;
  /** On the line, from 0. */
  place: number;
  /** The turn after it on this line. */
  next: Turn | undefined;
}

export function turnView(host: ConverseWidget, placed: Placed): unknown {
  const { turn, place } = placed;
  const several = turn.responses.length > 1;
  return html`<section class="turn" data-turn=${turn.id} aria-label=${t("Turn {n}", { n: place + 1 })}>
    ${message(host, placed)}
    <div class=${several ? `answers side of-${turn.responses.length}` : "answers"}>
      ${repeat(
        turn.responses,
        (one) => one.id,
        (one) => responseView(host, placed, one),
      )}
    </div>
    ${host.isWrong(`turns.${placed.index}.chosen`) ? html`<p class="bad small" role="alert">${icon("alert")} ${host.problemAt(`turns.${placed.index}.chosen`)}</p>` : nothing}
    ${written(host, placed)}
  </section>`;
}

// The person's message.

function message(host: ConverseWidget, { turn, place }: Placed): unknown {
  const mayAskAnew = host.canBranch && !host.sending && !(place === 0 && host.givenPrompt !== null);
  return html`<div class="mine">
    <div class="bubble" data-reading><span class="sr-only">${host.isWorking ? t("You") : t("The person")}: </span><div class="words" dir="auto">${turn.prompt}</div></div>
    <div class="under">
      ${switcher(host, turn)}
      ${mayAskAnew
        ? html`<button type="button" class="quiet tiny ask-anew" @click=${() => host.askAnew(turn)} aria-label=${t("Put message {n} differently", { n: place + 1 })}>${icon("edit")}${t("Put it differently")}</button>`
        : nothing}
    </div>
  </div>`;
}

/** "2 of 3": which way on from the turn before is shown. */
function switcher(host: ConverseWidget, turn: Turn): unknown {
  const ways = childrenOf(host.turns, turn.parent);
  if (ways.length < 2) return nothing;
  const at = ways.indexOf(turn);
  const step = (by: -1 | 1): unknown => {
    const to = ways[at + by];
    return html`<button
      type="button"
      class="quiet tiny icon-only"
      ?disabled=${!to}
      aria-label=${by < 0 ? t("The branch before") : t("The next branch")}
      @click=${() => to && host.showBranch(to)}
    >${icon(by < 0 ? "chevron-left" : "chevron-right", { turns: true })}</button>`;
  };
  return html`<span class="branches" role="group" aria-label=${t("Branches")}>
    ${step(-1)}<span class="num" aria-live="polite">${t("{n} of {all}", { n: at + 1, all: ways.length })}</span>${step(1)}
  </span>`;
}

// The responses.

function responseView(host: ConverseWidget, placed: Placed, response: Response): unknown {
  const { turn, said, next } = placed;
  const name = nameOf(turn, response.id);
  const several = turn.responses.length > 1;
  const chosen = choiceIn(turn, said, next) === response.id;
  const classes = ["answer", response.state, several ? "card" : "", several && chosen ? "chosen" : "", host.current === response.id ? "current" : ""];
  return html`<article
    class=${classes.join(" ")}
    id=${`response-${response.id}`}
    data-response=${response.id}
    data-aside
    tabindex="-1"
    aria-label=${name}
    @focusin=${() => host.makeCurrent(response.id)}
    @pointerdown=${() => host.makeCurrent(response.id)}
  >
    ${several || isWriting(response) || response.state === "stopped"
      ? html`<div class="top">
          ${several ? html`<h3>${name}</h3>` : nothing}
          ${several && chosen ? html`<span class="pill accent">${icon("check")}${next ? t("went on from this") : t("the best")}</span>` : nothing}
          <span class="does">${progress(host, response, name)}</span>
        </div>`
      : nothing}
    <div class="text" ?data-reading=${isUsable(response)}>${body(host, response)}</div>
    ${isUsable(response) ? judgement(host, placed, response, name) : nothing}
    ${isUsable(response) ? ways(host, placed, response, name) : nothing}
  </article>`;
}

function progress(host: ConverseWidget, response: Response, name: string): unknown {
  if (response.state === "stopped") return html`<span class="pill warn">${t("stopped")}</span>`;
  if (!isWriting(response)) return nothing;
  return html`<span class="writing"><span class="spinner"></span>${response.state === "pending" ? t("waiting") : t("writing")}</span>
    ${host.editable && host.bench
      ? html`<button type="button" class="quiet tiny" aria-label=${t("Stop {what}", { what: name })} @click=${() => host.bench?.stop(response.id)}>${icon("stop")}${t("Stop")}</button>`
      : nothing}`;
}

function body(host: ConverseWidget, response: Response): unknown {
  if (response.state === "failed") {
    return html`${response.text ? html`<rich-text .text=${response.text}></rich-text>` : nothing}
      <div class="notice bad">${icon("alert")}<div class="body"><strong>${t("This response failed.")}</strong> ${response.error ?? ""}</div></div>
      ${host.editable && host.bench ? html`<p><button type="button" @click=${() => host.bench?.retry(response.id)}>${icon("refresh")}${t("Try again")}</button></p>` : nothing}`;
  }
  if (response.text === "") {
    if (isWriting(response)) return html`<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>`;
    return html`<p class="muted">${response.state === "stopped" ? t("Stopped before the first word.") : t("The model answered with nothing.")}</p>`;
  }
  return html`<rich-text .text=${response.text} .streaming=${isWriting(response)}></rich-text>`;
}

function judgement(host: ConverseWidget, { said, original, index }: Placed, { id }: Response, name: string): unknown {
  const about = (one: TurnAnswer) => ({ rating: one.ratings[id] ?? null, tags: one.tags[id] ?? [], comment: one.comments[id] ?? "" });
  return judging({
    asked: host.settings.each,
    said: about(said),
    original: original ? about(original) : null,
    editable: host.editable,
    name,
    isWrong: (what) => host.isWrong(`turns.${index}.${what}s.${id}`),
    commentOpen: host.hasOpenComment(id),
    openComment: () => host.openComment(id),
    change: (what, value) => host.judge(index, id, what, value),
  });
}

/** What can be done with a response: prefer it, go on from it, write a better one. */
function ways(host: ConverseWidget, { turn, said, index, next }: Placed, response: Response, name: string): unknown {
  if (!host.editable) return nothing;
  const { id } = response;
  const isTip = !next;
  const chosen = choiceIn(turn, said, next) === id;
  const goOn =
    isTip && turn.responses.length > 1 && !chosen
      ? html`<button type="button" class="tiny" aria-pressed="false" aria-label=${t("Prefer {what}", { what: name })} @click=${() => host.choose(index, id)}>${icon("check")}${t("Best")}</button>`
      : !isTip && host.canBranch
        ? html`<button type="button" class="quiet tiny" aria-label=${t("Go on from {what} of this turn", { what: name })} @click=${() => host.goOnFrom(turn, id)}>${icon("arrow-right", { turns: true })}${t("Go on from here")}</button>`
        : nothing;
  const write =
    host.settings.ideal !== "off" && isBlank(said.ideal) && !host.isWritingIdeal(turn.id)
      ? html`<button type="button" class="quiet tiny" aria-label=${t("Improve {what}", { what: name })} @click=${() => host.improve(index, id)}>${icon("edit")}${t("Improve")}</button>`
      : nothing;
  return goOn === nothing && write === nothing ? nothing : html`<div class="ways">${goOn}${write}</div>`;
}

// What the person wrote instead.

function written(host: ConverseWidget, { turn, said, original, index, next }: Placed): unknown {
  const text = said.ideal ?? "";
  const before = original?.ideal ?? "";
  if (host.settings.ideal === "off" || (isBlank(text) && isBlank(before) && !host.isWritingIdeal(turn.id))) return nothing;
  const chosen = choiceIn(turn, said, next) === IDEAL;
  const start = said.ideal_start === null ? "" : turn.responses.length === 1 ? t("started from the model’s response") : t("started from {what}", { what: nameOf(turn, said.ideal_start) });
  const pill = chosen ? html`<span class="pill accent">${icon("check")}${next ? t("went on from this") : t("the best")}</span>` : nothing;
  return html`<div class="written card" data-ideal=${turn.id}>
    <div class="top"><h3>${host.isWorking ? t("Your own response") : t("Written instead")}</h3>${pill}${start ? html`<span class="muted small">${start}</span>` : nothing}</div>
    ${host.editable
      ? html`<text-field silent .rows=${4} .label=${t("Your own response")} .value=${text} .invalid=${host.isWrong(`turns.${index}.ideal`)} .placeholder=${t("Write what the model should have said.")} @field-changed=${(event: CustomEvent<string>) => host.writeIdeal(index, event.detail)}></text-field>`
      : html`<rich-text .text=${text}></rich-text>`}
    ${host.editable ? writtenWays(host, turn, index, { chosen, isTip: !next, blank: isBlank(text) }) : nothing}
  </div>`;
}

function writtenWays(host: ConverseWidget, turn: Turn, index: number, { chosen, isTip, blank }: { chosen: boolean; isTip: boolean; blank: boolean }): unknown {
  return html`<div class="ways">
    ${isTip && !chosen && !blank ? html`<button type="button" class="tiny" aria-label=${t("Prefer your own response")} @click=${() => host.choose(index, IDEAL)}>${icon("check")}${t("Best")}</button>` : nothing}
    ${!isTip && host.canBranch && !blank ? html`<button type="button" class="quiet tiny" @click=${() => host.goOnFrom(turn, IDEAL)}>${icon("arrow-right", { turns: true })}${t("Go on from here")}</button>` : nothing}
    ${chosen && !isTip ? nothing : html`<button type="button" class="quiet tiny" @click=${() => host.dropIdeal(index)}>${icon("trash")}${t("Remove")}</button>`}
  </div>`;
}
