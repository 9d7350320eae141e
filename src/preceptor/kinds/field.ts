/**
 * What a form field's element and whoever builds a form of fields promise each other. A field's `widget.ts` exports `tag`,
 * the name of the custom element it defines, and what else of `FieldModule` applies to it. A form finds the module by
 * the field's key: `import("@preceptor/fields/<key>")`.
 */
import type { Problem } from "./widget.ts";

/** Something that can be ordered or chosen among, such as a response. */
export interface FieldThing {
  id: string;
  name: string;
  note?: string;
}

/** A text that can be marked. */
export interface FieldText {
  key: string;
  /** What it is called, such as who says it. */
  name: string;
  text: string;
}

/** A picture that can be drawn on. */
export interface FieldPicture {
  /** Its address. */
  source: string;
  name: string;
  width: number;
  height: number;
}

/** What the field is asked about. */
export interface FieldSubject {
  things: readonly FieldThing[];
  texts: readonly FieldText[];
  picture: FieldPicture | null;
}

/**
 * A field's element. It fires `field-changed` with the new value, null where it was cleared, as `detail`. Properties that
 * a field has no use for are set all the same.
 */
export interface FieldElement<Settings = unknown, Value = unknown> extends HTMLElement {
  /** The field's settings, as in Python. */
  settings: Settings;
  value: Value | null;
  /** In a correction: the value given before. */
  original: Value | null;
  /** What is asked, for screen readers. */
  label: string;
  /** True: the label is not to be shown, since a heading says it. */
  silent: boolean;
  readonly: boolean;
  invalid: boolean;
  /** Ids of help and problems on the page. */
  describedby: string;
  things: readonly FieldThing[];
  texts: readonly FieldText[];
}

/** What a field's module exports. */
export interface FieldModule<Settings = unknown, Value = unknown> {
  tag: string;
  /** What is wrong with a value that is there; paths start at the value. The server has the last word. */
  problemsOf?(settings: Settings, value: Value, subject: FieldSubject): Problem[];
  /** Whether a value says nothing. Without it: null, the empty text, the empty list. */
  isBlank?(value: Value): boolean;
  /** The value a form starts from where nothing is given yet, if null is not it. */
  startingValue?(settings: Settings, subject: FieldSubject): Value | null;
  /** Where the element's own value is another than the form's: to the element, and back from it. */
  shown?(value: Value | null): unknown;
  given?(detail: never): Value | null;
  /** Further properties of the element that follow from what it is asked about. */
  propertiesOf?(subject: FieldSubject): object;
  /** True where there is nothing to do without things to order or compare; `needs` in Python says the same. */
  comparesThings?: boolean;
  /** True where the element draws the picture it is given. */
  drawsPicture?: boolean;
  /** True where the element draws the texts it is given, so that they need not stand above it. */
  drawsTexts?: boolean;
}
