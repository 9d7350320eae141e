/**
 * `@preceptor/ui`: what widgets are written with. One module on the page, shared through the import map, so that a
 * plug-in's widget and ours use the same Lit and the same catalogue.
 */
export * from "lit";
export { customElement, property, query, state } from "lit/decorators.js";
export { classMap } from "lit/directives/class-map.js";
export { ifDefined } from "lit/directives/if-defined.js";
export { live } from "lit/directives/live.js";
export { createRef, ref } from "lit/directives/ref.js";
export { repeat } from "lit/directives/repeat.js";
export * from "./element.ts";
export * from "./flash.ts";
export * from "./i18n.ts";
export * from "./icon.ts";
export * from "./keys.ts";
export * from "./media.ts";
export { closeDialog } from "./modal.ts";
export { hasPasskeys, passkeyTrouble, signInWithPasskey } from "./passkey.ts";
export * from "./popover.ts";
export * from "./rich/enrich.ts";
export * from "./rich/markdown.ts";
export * from "./rich/rich-text.ts";
export * from "./words.ts";
export { randomId } from "./ids.ts";
