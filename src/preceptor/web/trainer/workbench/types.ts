/** What the page hands to the workbench, and what the API answers. */
import type { Assignment, AssignmentState, Clock, Money } from "../../../kinds/widget.ts";

export interface Guidelines {
  version: number;
  /** Markdown. */
  text: string;
  acknowledged_version: number | null;
  /** Markdown of the version acknowledged last, to show what changed; null where there is none. */
  previous_text: string | null;
  /** What the author says about each version since then, newest first. */
  notes?: { version: number; note: string }[];
}

export interface Announcement {
  id: string;
  version: number;
  title: string;
  /** Markdown. */
  markdown: string;
  /** The team or project that it is for. */
  to: string;
}

/** The JSON in `<script type="application/json" id="workbench-data">`. */
export interface WorkbenchData {
  assignment: Assignment;
  /** Where the API stands: "/api/v1". */
  api: string;
  csrf: string;
  /** What the import map calls the kind's widget. */
  widget: string;
  guidelines: Guidelines | null;
  person: { id: string; email: string };
  /** What this person has still to see; missing in a try-out. */
  announcements?: Announcement[];
  /** Where questions about the project are asked, and how many hold new words; missing in a try-out. */
  questions?: { url: string; unread: number } | null;
  /** Why the task that the page was opened with came back; null where it did not. */
  rework?: { reason: string; note: string } | null;
  urls: {
    /** The list of projects. */
    work: string;
    /** The workbench of an assignment, with `{id}`. */
    workbench: string;
    /** A submission, with `{id}`. */
    submission: string;
  };
  /** Without input for so long, time is idle (the reading allowance may make it longer). */
  idle_after_ms: number;
  /** work, or preview: a try-out that counts nothing. */
  mode: "work" | "preview";
  /** How the person wants things shown, when a break is proposed, where help is found; null in a try-out. */
  wellbeing?: WellbeingData | null;
  /** In mode preview: how models are asked; without it none is. */
  tryout?: TryOutData | null;
}

export interface WellbeingData {
  blur: boolean;
  greyscale: boolean;
  /** Minutes at work after which a break is proposed; 0: never. */
  break_minutes: number;
  help_contact: string;
  help_contact_url: string;
}

/** Where the turns of a try-out are asked, below the API, and what it began with. */
export interface TryOutData {
  path: string;
  start: string;
}

export interface Saved {
  version: number;
  saved_at: string;
  /** Only where signs of life came along. */
  clock: Clock | null;
  lease_until: string | null;
}

export interface Beaten {
  clock: Clock;
  lease_until: string | null;
  state: AssignmentState;
}

export interface Receipt {
  assignment_id: string;
  submission_id: string | null;
  outcome: "submitted" | "skipped" | "reported" | "expired" | "surplus";
  /** Of the whole task. */
  clock: Clock;
  /** Of the stretch that ended now, as `amount`. */
  paid_ms: number;
  amount: Money;
  /** Time over what is paid at most: it can be claimed. */
  over_ms?: number;
  /** Handing it in earned a price; the hour is what pay is topped up to. */
  by_task?: boolean;
}

/** An honest check before submit. */
export interface Question {
  code: string;
  text: string;
  path: string;
}
