/** What stays in view beside the chat: the brief with its steps, how far the conversation is, and the tree of its branches. */
import { html, icon, nothing, t, tn } from "@preceptor/ui";
import type { Turn } from "../../widget.ts";
import type { ConverseWidget } from "./widget.ts";
import { childrenOf, hasBranches } from "./value.ts";

export function beside(host: ConverseWidget, line: readonly Turn[]): unknown {
  const brief = host.isWorking ? (host.assignment?.item.brief ?? "") : "";
  const { steps, level } = host.content;
  const branched = hasBranches(host.turns);
  if (!brief && steps.length === 0 && !branched && !host.isWorking) return nothing;
  return html`<aside class="beside" aria-label=${t("The brief")}>
    ${brief || steps.length > 0 || host.isWorking
      ? html`<details class="brief-box" ?open=${host.isWide || line.length === 0}>
          <summary><h2>${brief || host.isWorking ? t("The brief") : t("The steps")}</h2>${level === null ? nothing : html`<span class="pill">${t("Level {n}", { n: level })}</span>`}<span class="so-far muted num">${length(host, line.length)}</span>${steps[line.length] ? html`<span class="now truncate" dir="auto">${steps[line.length]}</span>` : nothing}</summary>
          ${brief ? html`<p class="words" dir="auto" data-reading>${brief}</p>` : nothing}
          ${steps.length > 0 ? stepList(steps, line.length) : nothing}
          ${!brief && steps.length === 0 ? html`<p class="muted">${t("Talk about whatever you like.")}</p>` : nothing}
        </details>`
      : nothing}
    ${branched ? outline(host, line) : nothing}
  </aside>`;
}

function length(host: ConverseWidget, turns: number): string {
  const { min_turns: least, max_turns: most } = host.settings;
  if (!host.isWorking) return tn("{count} turn", "{count} turns", turns);
  if (turns < least) return t("turn {n} of at least {least}", { n: turns, least });
  return t("turn {n} of at most {most}", { n: turns, most });
}

function stepList(steps: readonly string[], done: number): unknown {
  return html`<ol class="steps">
    ${steps.map((step, index) => html`<li class=${index < done ? "done" : index === done ? "now" : ""} aria-current=${index === done ? "step" : nothing} dir="auto">${step}</li>`)}
  </ol>`;
}

// Every turn ever asked, as it hangs together. The line that counts is marked.
function outline(host: ConverseWidget, line: readonly Turn[]): unknown {
  const shown = new Set(line.map((turn) => turn.id));
  const final = new Set(host.finalLine.map((turn) => turn.id));
  return html`<details class="outline" ?open=${!host.isWorking}>
    <summary><h2>${t("All branches")}</h2></summary>
    <ul>${childrenOf(host.turns, null).map((turn) => branch(host, turn, shown, final))}</ul>
    <p class="muted small">${icon("check")} ${host.isWorking ? t("The conversation you will hand in: the one before you.") : t("The conversation that was handed in.")}</p>
  </details>`;
}

// A line that does not fork stays at one level, so that a long conversation does not wander off to the side.
function branch(host: ConverseWidget, from: Turn, shown: ReadonlySet<string>, final: ReadonlySet<string>): unknown {
  const straight = [from];
  let below = childrenOf(host.turns, from.id);
  while (below.length === 1) {
    straight.push(below[0] as Turn);
    below = childrenOf(host.turns, (below[0] as Turn).id);
  }
  return html`<li>
    ${straight.map(
      (turn) => html`<button type="button" class="quiet" aria-current=${shown.has(turn.id) ? "true" : nothing} @click=${() => host.showTurn(turn)}>
        ${final.has(turn.id) ? html`<span class="final">${icon("check")}<span class="sr-only">${t("handed in")}</span></span>` : html`<span class="final"></span>`}<bdi class="truncate">${turn.prompt}</bdi>
      </button>`,
    )}
    ${below.length > 0 ? html`<ul>${below.map((one) => branch(host, one, shown, final))}</ul>` : nothing}
  </li>`;
}
