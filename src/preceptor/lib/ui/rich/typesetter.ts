/** KaTeX, and its stylesheet with it. Loaded only where maths is shown. */
import katex from "katex";

let styles: Promise<void> | null = null;

function loadStyles(): Promise<void> {
  styles ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(/* above parts/ */ `../${__KATEX_CSS__}`, import.meta.url).href;
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
  return styles;
}

/**
 * Sets the TeX source that `element` holds. KaTeX builds nodes, so the content policy (no style attributes) holds. What
 * cannot be set is shown as its source.
 */
export async function typeset(element: HTMLElement, display: boolean): Promise<void> {
  await loadStyles();
  const source = element.textContent ?? "";
  element.replaceChildren();
  // A wide formula scrolls in its own frame, by keys as well.
  if (display) element.tabIndex = 0;
  try {
    katex.render(source, element, { displayMode: display, throwOnError: true, trust: false, maxSize: 20, maxExpand: 200, strict: "ignore" });
  } catch (error) {
    // Not TeX that can be set: its source is shown, and why.
    element.textContent = source;
    element.classList.add("math-fault");
    element.title = error instanceof Error ? error.message : "";
  }
}
