import { LightElement, addStyles, customElement, html, nothing, property, query, state, t, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/boxes";
import type { BoxesField, Marks } from "../../fields/boxes/widget.ts";
import { labelIn, valueChanged, type Assignment, type Bench, type Problem, type Progress, type TaskWidget, type WidgetMode } from "../../widget.ts";
import { EMPTY, draws, missing, progressOf, type Answer, type ItemContent, type Settings } from "./value.ts";
import { SAMPLE_HASH, samplePicture } from "./sample-picture.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "label-image-widget";

const NONE: readonly never[] = [];

/** A picture on which shapes are drawn and named, and which is classified as a whole. */
@customElement(tag)
export class LabelImageWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private shownProblems: readonly Problem[] = NONE;
  @query("boxes-field") private boxes!: BoxesField | null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    if (changed.has("assignment") && changed.get("assignment")?.id !== this.assignment?.id) this.shownProblems = [];
  }

  override render(): unknown {
    const assignment = this.assignment;
    if (!assignment) return nothing;
    const { file, suggestions } = assignment.item.content;
    const { settings } = assignment.form;
    const answer = this.#answer();
    const kept = this.mode === "correct" ? (this.original?.shapes ?? NONE) : NONE;
    const general = this.shownProblems.filter((one) => one.path === "shapes" || one.path === "rejected");
    return html`
      <p class="file"><bdi>${file.name}</bdi> <span class="muted">${t("{width} × {height} pixels", { width: file.width, height: file.height })}</span></p>
      ${settings.classes.length > 0 ? this.#classes(settings, answer) : nothing}
      ${general.length > 0 ? html`<ul class="problems" role="alert">${general.map((one) => html`<li>${one.message}</li>`)}</ul>` : nothing}
      <boxes-field
        .source=${sourceOf(assignment)}
        .size=${this.#size(file)}
        .label=${file.name}
        .settings=${settings.shapes}
        .value=${this.#marks(answer)}
        .suggestions=${settings.suggestions === "hide" || this.mode === "review" ? NONE : suggestions}
        .original=${kept}
        .problems=${this.#problemsByShape()}
        ?readonly=${this.mode === "review" || !draws(settings)}
        @field-changed=${this.#onShapes}
      ></boxes-field>
    `;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.assignment.form.settings, this.assignment.item.content, this.#answer()) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.assignment.form.settings, this.assignment.item.content, this.#answer()) : { done: 0, all: 0 };
  }

  focusProblem(path: string): void {
    const [head, index] = path.split(".");
    if (head === "classes") this.querySelector<HTMLInputElement>(".classes input")?.focus();
    else this.boxes?.focusShape(head === "shapes" && index !== undefined ? Number(index) : null);
  }

  keys(): KeyHelp[] {
    return this.boxes?.keys() ?? [];
  }

  handleKey(event: KeyboardEvent): boolean {
    return this.boxes?.handleKey(event) ?? false;
  }

  // Parts.

  #classes(settings: Settings, answer: Answer): unknown {
    const wrong = this.shownProblems.find((one) => one.path.startsWith("classes"));
    const type = settings.choose === "one" ? "radio" : "checkbox";
    const before = this.mode === "correct" ? this.original?.classes : undefined;
    return html`<fieldset class="classes" aria-describedby=${wrong ? "classes-wrong" : nothing}>
      <legend>${t("The whole picture shows")}</legend>
      ${settings.classes.map(
        (one) => html`<label class=${before?.includes(one.key) && !answer.classes.includes(one.key) ? "was" : ""}>
          <input type=${type} name="classes" .checked=${answer.classes.includes(one.key)} ?disabled=${this.mode === "review"} @change=${(event: Event) => this.#onClass(one.key, (event.target as HTMLInputElement).checked)} />
          <bdi>${labelIn(one.label) || one.key}</bdi>
        </label>`,
      )}
      ${wrong ? html`<p class="error" id="classes-wrong">${wrong.message}</p>` : nothing}
    </fieldset>`;
  }

  // Changes.

  #onShapes = (event: CustomEvent<Marks>): void => {
    event.stopPropagation();
    this.#change({ ...this.#answer(), ...event.detail }, "shapes");
  };

  #onClass(key: string, checked: boolean): void {
    const { settings } = (this.assignment as Assignment<ItemContent, Settings, Answer>).form;
    const answer = this.#answer();
    const chosen = new Set(settings.choose === "one" ? [] : answer.classes);
    if (checked) chosen.add(key);
    else chosen.delete(key);
    this.#change({ ...answer, classes: settings.classes.map((one) => one.key).filter((one) => chosen.has(one)) }, "classes");
  }

  #change(value: Answer, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind: "mark", path });
  }

  // Values that stay the same object while they say the same, so that the field does not begin anew.

  #answer(): Answer {
    return this.value === null ? EMPTY : { ...EMPTY, ...this.value };
  }

  #lastMarks: Marks = EMPTY;

  #marks({ shapes, rejected }: Answer): Marks {
    if (this.#lastMarks.shapes !== shapes || this.#lastMarks.rejected !== rejected) this.#lastMarks = { shapes, rejected };
    return this.#lastMarks;
  }

  #lastSize = { width: 1, height: 1 };

  #size({ width, height }: { width: number; height: number }): { width: number; height: number } {
    if (this.#lastSize.width !== width || this.#lastSize.height !== height) this.#lastSize = { width, height };
    return this.#lastSize;
  }

  #lastProblems: readonly Problem[] = NONE;
  #lastByShape: ReadonlyMap<number, string> = new Map();

  #problemsByShape(): ReadonlyMap<number, string> {
    if (this.#lastProblems === this.shownProblems) return this.#lastByShape;
    const found = new Map<number, string>();
    for (const { path, message } of this.shownProblems) {
      const [head, index] = path.split(".");
      if (head === "shapes" && index !== undefined) found.set(Number(index), message);
    }
    this.#lastProblems = this.shownProblems;
    this.#lastByShape = found;
    return found;
  }
}

function sourceOf(assignment: Assignment<ItemContent, Settings, Answer>): string {
  const { sha256 } = assignment.item.content.file;
  return sha256 === SAMPLE_HASH ? samplePicture() : `/api/v1/items/${assignment.item.id}/assets/${sha256}`;
}
