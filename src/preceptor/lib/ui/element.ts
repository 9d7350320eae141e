import { LitElement } from "lit";

const adopted = new Set<string>();

/**
 * Puts a stylesheet of text on the page, once. Widgets bring theirs this way: it needs no `<style>` element, which the
 * content policy forbids. Everything in it belongs to the layer `widgets`.
 */
export function addStyles(text: string): void {
  if (adopted.has(text)) return;
  adopted.add(text);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@layer widgets {${text}}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/**
 * A Lit element without a shadow: labels, ids, forms and the page's styles reach through. Styles come from `addStyles`
 * and begin every selector with the element's name.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/** Sends an event that reaches ancestors. */
export function emit<T>(from: EventTarget, name: string, detail?: T): boolean {
  return from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
}
