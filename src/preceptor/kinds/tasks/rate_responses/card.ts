/** One response: its text as it comes, what can be done with it, and how it is judged. */
import { html, icon, nothing, t } from "@preceptor/ui";
import type { Response } from "../../widget.ts";
import type { RateTurn } from "./turn.ts";
import { isUsable, isWriting, nameOf } from "./value.ts";

/** The card. Its judgement stands inside, or on a phone in the dock below all of them. */
export function responseCard(host: RateTurn, response: Response, judged: boolean): unknown {
  const name = nameOf(host.turn, response.id);
  const current = host.current === response.id;
  return html`<article
    class="answer card ${response.state} ${current ? "current" : ""}"
    id=${host.cardId(response.id)}
    data-response=${response.id}
    data-aside
    tabindex="-1"
    aria-label=${name}
    @focusin=${() => host.makeCurrent(response.id)}
    @pointerdown=${() => host.makeCurrent(response.id)}
  >
    <div class="top">
      <h3>${name}</h3>
      ${host.said.continue_from === response.id && !host.last ? html`<span class="pill accent">${t("went on from this")}</span>` : nothing}
      <span class="does">${actions(host, response, name)}</span>
    </div>
    <div class="text" ?data-reading=${isUsable(response)}>${body(host, response)}</div>
    ${judged ? html`<div class="judge">${judgement(host, response)}</div>` : nothing}
  </article>`;
}

function actions(host: RateTurn, response: Response, name: string): unknown {
  if (isWriting(response)) {
    return html`<span class="writing"><span class="spinner"></span>${response.state === "pending" ? t("waiting") : t("writing")}</span>
      ${host.editable && host.bench
        ? html`<button type="button" class="quiet tiny" title=${t("Stop writing")} aria-label=${t("Stop {response}", { response: name })} @click=${() => host.stop(response.id)}>${icon("stop")}${t("Stop")}</button>`
        : nothing}`;
  }
  const stopped = response.state === "stopped" ? html`<span class="pill warn">${t("stopped")}</span>` : nothing;
  if (!host.editable || !isUsable(response) || host.settings.ideal === "off") return stopped;
  const isStart = host.said.ideal_start === response.id;
  return html`${stopped}<button
      type="button"
      class="quiet tiny start-from"
      aria-pressed=${String(isStart)}
      aria-label=${t("Use {response} as the start of the ideal response", { response: name })}
      @click=${() => host.useAsStart(response.id)}
    >${isStart ? html`${icon("check")}${t("Started from this")}` : t("Use as start")}</button>`;
}

function body(host: RateTurn, response: Response): unknown {
  if (response.state === "failed") {
    return html`${response.text ? html`<rich-text .text=${response.text}></rich-text>` : nothing}
      <div class="notice bad">${icon("alert")}<div class="body"><strong>${t("This response failed.")}</strong> ${response.error ?? ""}
        <p class="small muted">${t("The others go on. You can submit without it.")}</p></div></div>
      ${host.editable && host.bench ? html`<p><button type="button" @click=${() => host.retry(response.id)}>${icon("refresh")}${t("Try again")}</button></p>` : nothing}`;
  }
  if (response.text === "") {
    if (isWriting(response)) {
      return html`<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span><span></span></div>`;
    }
    return html`<p class="muted">${response.state === "stopped" ? t("Stopped before the first word.") : t("The model answered with nothing.")}</p>`;
  }
  return html`<rich-text .text=${response.text} .streaming=${isWriting(response)}></rich-text>`;
}

/** Errors, rating and comment of one response. */
export function judgement(host: RateTurn, response: Response): unknown {
  const { settings, said, editable, original } = host;
  const { id } = response;
  const name = nameOf(host.turn, id);
  if (!isUsable(response)) {
    return isWriting(response) ? html`<small class="later">${t("The rating opens when the response is complete.")}</small>` : nothing;
  }
  return html`
    ${settings.errors.length > 0
      ? html`<tags-field
          .tags=${settings.errors}
          .value=${said.errors[id] ?? []}
          .original=${original ? (original.errors[id] ?? []) : null}
          .caption=${t("Errors")}
          .label=${t("{response}, errors", { response: name })}
          ?readonly=${!editable}
          @field-changed=${(event: CustomEvent<string[]>) => host.setErrors(id, event.detail)}
        ></tags-field>`
      : nothing}
    <rating-field
      .settings=${settings.scale}
      .value=${said.ratings[id] ?? null}
      .original=${original?.ratings[id] ?? null}
      .label=${t("{response}, rating", { response: name })}
      .invalid=${host.isWrong(`ratings.${id}`)}
      ?readonly=${!editable}
      @field-changed=${(event: CustomEvent<number | null>) => host.rate(id, event.detail)}
    ></rating-field>
    ${comment(host, id, name)}
  `;
}

function comment(host: RateTurn, id: string, name: string): unknown {
  const { settings, said, editable } = host;
  const text = said.comments[id] ?? "";
  if (settings.comment === "off") return nothing;
  if (!editable) return text ? html`<blockquote class="comment" dir="auto">${text}</blockquote>` : nothing;
  if (text === "" && settings.comment === "optional" && !host.hasOpenComment(id)) {
    return html`<button type="button" class="quiet tiny comment-opener" @click=${() => host.openComment(id)} aria-label=${t("Comment on {response}", { response: name })}>${icon("message")}${t("Comment")}</button>`;
  }
  return html`<text-field
    small
    class="comment"
    silent
    .rows=${1}
    .value=${text}
    .label=${t("{response}, comment", { response: name })}
    .placeholder=${settings.comment === "required" ? t("Why this rating?") : t("Comment")}
    .invalid=${host.isWrong(`comments.${id}`)}
    @field-changed=${(event: CustomEvent<string>) => host.setComment(id, event.detail)}
  ></text-field>`;
}
