/** What is asked about a response, or about the whole: a rating, tags, a comment. */
import { html, icon, nothing, t } from "@preceptor/ui";
import type { Asked } from "./value.ts";

export interface Said {
  rating: number | null;
  tags: readonly string[];
  comment: string;
}

export interface Judging {
  asked: Asked;
  said: Said;
  /** In a correction: what the trainer said. */
  original: Said | null;
  editable: boolean;
  /** "Response 2": for screen readers. */
  name: string;
  isWrong: (what: "rating" | "comment") => boolean;
  /** The comment is open though nothing is written yet. */
  commentOpen: boolean;
  openComment: () => void;
  change: (what: keyof Said, value: Said[keyof Said]) => void;
}

/** The controls, or in a review what was said with them. */
export function judging(host: Judging): unknown {
  const { asked, said, original, editable, name } = host;
  const rated = asked.rating !== "off" && (editable || said.rating !== null || original);
  const tagged = asked.tags.length > 0 && (editable || said.tags.length > 0 || (original?.tags.length ?? 0) > 0);
  return html`<div class="judge">
    ${rated
      ? html`<rating-field
          .settings=${asked.scale}
          .value=${said.rating}
          .original=${original?.rating ?? null}
          .label=${t("{what}, rating", { what: name })}
          .invalid=${host.isWrong("rating")}
          ?readonly=${!editable}
          @field-changed=${(event: CustomEvent<number | null>) => host.change("rating", event.detail)}
        ></rating-field>`
      : nothing}
    <div class="more">
      ${tagged
        ? html`<tags-field
            .tags=${asked.tags}
            .value=${said.tags}
            .original=${original ? original.tags : null}
            .caption=${t("Tags")}
            .label=${t("{what}, tags", { what: name })}
            ?readonly=${!editable}
            @field-changed=${(event: CustomEvent<string[]>) => host.change("tags", event.detail)}
          ></tags-field>`
        : nothing}
      ${opener(host)}
    </div>
    ${comment(host)}
  </div>`;
}

const showsText = ({ asked, said, commentOpen }: Judging): boolean => said.comment !== "" || asked.comment === "required" || commentOpen;

function opener(host: Judging): unknown {
  if (!host.editable || host.asked.comment === "off" || showsText(host)) return nothing;
  return html`<button type="button" class="quiet tiny" @click=${host.openComment} aria-label=${t("Comment on {what}", { what: host.name })}>${icon("message")}${t("Comment")}</button>`;
}

function comment(host: Judging): unknown {
  const { asked, said, editable, name } = host;
  if (asked.comment === "off") return nothing;
  if (!editable) return said.comment ? html`<blockquote class="comment" dir="auto">${said.comment}</blockquote>` : nothing;
  if (!showsText(host)) return nothing;
  return html`<text-field
    small
    class="comment"
    silent
    .rows=${1}
    .value=${said.comment}
    .label=${t("{what}, comment", { what: name })}
    .placeholder=${t("Comment")}
    .invalid=${host.isWrong("comment")}
    @field-changed=${(event: CustomEvent<string>) => host.change("comment", event.detail)}
  ></text-field>`;
}
