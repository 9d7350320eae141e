export * from "lit";
export * from "./i18n.ts";
export * from "./flash.ts";
export * from "./popover.ts";
