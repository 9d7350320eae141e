/** Maths and code in Markdown that the server rendered. Nothing is fetched where there is none. */

function enrichAll(root: ParentNode): void {
  const found = [...root.querySelectorAll<HTMLElement>(".prose:not([data-rich])")].filter(
    (prose) => prose.tagName !== "RICH-TEXT" && prose.querySelector(".math, pre"),
  );
  for (const prose of found) {
    prose.dataset.rich = "";
    void import("../rich/enrich.ts").then(({ enrich }) => enrich(prose));
  }
}

enrichAll(document);
document.addEventListener("htmx:after:settle", (event) => enrichAll((event.target as Element).parentNode ?? document));
