/** A conversation that came in as a tree, to be read: one thread down, the other replies folded away beside it. */
import { html, nothing, t } from "@preceptor/ui";
import type { TreeMessage } from "./value.ts";

export function importedTree(messages: readonly TreeMessage[]): unknown {
  return html`<section class="imported" aria-label=${t("The conversation, as it was imported")}>${replies(messages, null)}</section>`;
}

// The best reply first, or the one that came first; the rest stays as it came.
function replies(messages: readonly TreeMessage[], parent: string | null): unknown {
  const found = messages.filter((one) => one.parent === parent);
  const best = found.find((one) => one.rank === 0) ?? found[0];
  if (!best) return nothing;
  const others = found.filter((one) => one !== best);
  return html`${words(best)}
  ${others.map(
    (one) => html`<details class="fold"><summary>${one.rank === null ? t("Another reply") : t("Another reply, ranked {n}", { n: one.rank + 1 })}</summary>
      <div class="aside">${words(one)}${replies(messages, one.id)}</div></details>`,
  )}
  ${replies(messages, best.id)}`;
}

function words({ role, text }: TreeMessage): unknown {
  if (role === "assistant") return html`<div class="answer"><div class="text"><rich-text .text=${text}></rich-text></div></div>`;
  return html`<div class="mine"><div class="bubble"><div class="words" dir="auto">${text}</div></div></div>`;
}
