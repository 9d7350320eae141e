import { html, icon, nothing, t, tn } from "@preceptor/ui";
import { labelIn } from "../../widget.ts";
import type { Drawing, Tool } from "./drawing.ts";
import { NO_LABEL_COLOR, type ShapeLabel } from "./shapes.ts";

const ICONS: Readonly<Record<Tool, string>> = { choose: "pointer", move: "hand", box: "box", polygon: "polygon", point: "target" };

/** Tools to choose among, and how near the picture is. */
export function toolbar(shown: { tools: readonly Tool[]; tool: Tool; scale: number; controls: string }, drawing: Drawing | null, take: (tool: Tool) => void): unknown {
  const names: Record<Tool, string> = { choose: t("Choose"), move: t("Move picture"), box: t("Box"), polygon: t("Polygon"), point: t("Point") };
  const percent = Math.round(shown.scale * 100);
  return html`<div class="toolbar" role="toolbar" aria-label=${t("Tools")} aria-controls=${shown.controls}>
    ${shown.tools.length > 0
      ? html`<div class="segmented">${shown.tools.map((tool) => html`<button type="button" class="tool" aria-pressed=${shown.tool === tool} aria-label=${names[tool]} title=${names[tool]} @click=${() => take(tool)}>${icon(ICONS[tool])}<span class="word">${names[tool]}</span></button>`)}</div>`
      : nothing}
    <div class="segmented zoom">
      <button type="button" class="icon-only" aria-label=${t("Zoom out")} title=${t("Zoom out")} @click=${() => drawing?.zoom(1 / 1.4)}>${icon("minus")}</button>
      <button type="button" class="percent" title=${t("Whole picture")} aria-label=${t("Whole picture; now at {percent} %", { percent })} @click=${() => drawing?.fit()}>${percent} %</button>
      <button type="button" class="icon-only" aria-label=${t("Zoom in")} title=${t("Zoom in")} @click=${() => drawing?.zoom(1.4)}>${icon("plus")}</button>
    </div>
  </div>`;
}

/** What can be done with a polygon that is being drawn. */
export function polygonBar(corners: number, drawing: Drawing | null): unknown {
  return html`<div class="polygon">
    <span>${tn("{count} corner", "{count} corners", corners)}</span>
    <button type="button" class="tiny primary" ?disabled=${corners < 3} @click=${() => drawing?.close()}>${icon("check")}${t("Close")}</button>
    <button type="button" class="tiny quiet" @click=${() => drawing?.back()}>${icon("undo", { turns: true })}${t("Corner back")}</button>
    <button type="button" class="tiny quiet" @click=${() => drawing?.cancel()}>${icon("x")}${t("Cancel")}</button>
  </div>`;
}

/** The labels. `chosen`: that of the chosen shape, else that of the next one. */
export function palette(shown: { labels: readonly ShapeLabel[]; colors: ReadonlyMap<string, string>; chosen: string; ofShape: boolean }, take: (key: string) => void): unknown {
  return html`<fieldset class="palette"><legend>${shown.ofShape ? t("Label of this shape") : t("Label of the next shape")}</legend>
    ${shown.labels.map(
      (one, index) => html`<button type="button" class="label" aria-pressed=${one.key === shown.chosen} @click=${() => take(one.key)}>
        <span class="swatch" .style=${`--swatch: ${shown.colors.get(one.key) ?? NO_LABEL_COLOR}`}></span><bdi>${labelIn(one.label) || one.key}</bdi>
        ${index < 9 ? html`<kbd class="hide-small">${index + 1}</kbd>` : nothing}
      </button>`,
    )}
  </fieldset>`;
}
