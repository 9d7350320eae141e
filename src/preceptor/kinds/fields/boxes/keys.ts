import { t, type KeyHelp } from "@preceptor/ui";
import type { ShapeKind } from "./shapes.ts";

/** What the keys of the field do, for the list of keys. `kinds`: what can be drawn. */
export function keysOf(kinds: readonly ShapeKind[], { readonly, suggested }: { readonly: boolean; suggested: boolean }): KeyHelp[] {
  const seeing: KeyHelp[] = [
    { keys: [["J"], ["K"]], does: t("The next shape, or the one before") },
    { keys: [["+"], ["−"], ["0"]], does: t("Zoom in, zoom out, whole picture") },
    { keys: [["H"]], does: t("Move the picture by dragging; so does Space held down") },
  ];
  if (readonly) return seeing;
  const tools: Record<ShapeKind, KeyHelp> = {
    box: { keys: [["B"]], does: t("Draw boxes") },
    polygon: { keys: [["L"]], does: t("Draw polygons; Enter closes one, Backspace takes a corner back") },
    point: { keys: [["O"]], does: t("Set points") },
  };
  return [
    { keys: [["V"]], does: t("Choose and change shapes") },
    ...kinds.map((kind) => tools[kind]),
    { keys: [["1–9"]], does: t("Label of the chosen shape, and of the next ones") },
    { keys: [["C"]], does: t("Put a shape into the middle, to be moved by the arrows") },
    { keys: [["←"], ["→"], ["↑"], ["↓"]], does: t("Move the chosen shape; with Alt by ten pixels; without one, the picture") },
    { keys: [["Shift", "→"], ["Shift", "↓"]], does: t("Make the chosen shape wider or higher") },
    { keys: [["Delete"]], does: t("Remove the chosen shape") },
    ...(suggested ? [{ keys: [["Y"], ["N"]], does: t("Accept or reject the suggestion") }] : []),
    ...seeing,
  ];
}
