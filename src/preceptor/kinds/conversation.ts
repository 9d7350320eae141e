/** A conversation that came with an item, as every widget shows it: instructions folded away, the prompt set off. */
import { html, nothing, t } from "@preceptor/ui";

export interface Said {
  role: "system" | "user" | "assistant";
  content: string;
}

/** What an item gives; `kinds/dialogue.py` says what the two parts are. */
export interface Dialogue {
  prompt: string | null;
  messages: readonly Said[];
}

const who = (role: Said["role"]): string => (role === "user" ? t("User") : t("Assistant"));

function message({ role, content }: Said): unknown {
  if (role === "system") {
    return html`<details class="fold"><summary>${t("Instructions to the model")}</summary><div class="said model"><rich-text .text=${content}></rich-text></div></details>`;
  }
  return html`<div class="said ${role === "user" ? "" : "model"}"><span class="who">${who(role)}</span>${content.trim() ? html`<rich-text .text=${content} data-reading></rich-text>` : html`<span class="muted">${t("nothing written")}</span>`}</div>`;
}

/** All of it; nothing where there is nothing. */
export function conversation({ prompt, messages }: Dialogue): unknown {
  if (messages.length === 0 && prompt === null) return nothing;
  return html`<section class="stack" aria-label=${t("The conversation so far")}>
    ${messages.map(message)}
    ${prompt === null ? nothing : html`<div class="said prompt"><h2 class="who">${t("The prompt")}</h2><rich-text class="words" .text=${prompt} data-reading></rich-text></div>`}
  </section>`;
}
