/** Maths set, code coloured and given a copy button, in nodes that are already safe and already shown. */
import { t } from "../i18n.ts";

const MAX_CODE = 50_000;

async function colour(code: HTMLElement): Promise<void> {
  const language = /(?:^|\s)language-([\w+#.-]+)/.exec(code.className)?.[1]?.toLowerCase();
  const source = code.textContent ?? "";
  if (!language || source.length > MAX_CODE) return;
  const { highlighted } = await import("./highlighter.ts");
  const html = highlighted(source, language);
  if (html === null || code.textContent !== source) return;
  // highlight.js escapes the code; what is parsed here can only be text and spans, and only those are taken over.
  const parsed = new DOMParser().parseFromString(`<pre>${html}</pre>`, "text/html").querySelector("pre");
  if (parsed && !parsed.querySelector(":not(span)")) code.replaceChildren(...parsed.childNodes);
}

function addCopyButton(pre: HTMLElement): void {
  const frame = document.createElement("div");
  frame.className = "code-block";
  pre.replaceWith(frame);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-copy quiet";
  button.textContent = t("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent ?? "");
    button.textContent = t("Copied");
    setTimeout(() => (button.textContent = t("Copy")), 1500);
  });
  frame.append(pre, button);
  pre.tabIndex = 0;
}

/** Enriches `root` and everything below it, once. What it needs is fetched only where there is something to enrich. */
export async function enrich(root: HTMLElement): Promise<void> {
  const all = (selector: string): HTMLElement[] => [
    ...(root.matches(selector) ? [root] : []),
    ...root.querySelectorAll<HTMLElement>(selector),
  ];
  for (const pre of all("pre")) {
    if (pre.parentElement && !pre.parentElement.classList.contains("code-block")) addCopyButton(pre);
  }
  const formulas = all(".math:not([data-set])");
  for (const formula of formulas) formula.dataset.set = "";
  const codes = all("pre > code[class*=language-]:not([data-set])");
  for (const code of codes) code.dataset.set = "";
  // Without what is fetched here (no network, a newer version installed since) the sources stay readable as they are.
  await Promise.allSettled([
    ...codes.map(colour),
    formulas.length > 0 &&
      import("./typesetter.ts").then(({ typeset }) =>
        Promise.all(formulas.map((one) => typeset(one, one.tagName === "DIV" || one.classList.contains("display")))),
      ),
  ]);
}
