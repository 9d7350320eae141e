/** What the page hands to the review desk, and what the API answers. */
import type { ContentChoice } from "../../kinds/notice.ts";
import type { Assignment, Reason, Turn } from "../../kinds/widget.ts";

export type Verdict = "accept" | "correct" | "return" | "reject";

export interface ReasonChoice {
  key: string;
  label: string;
  no_pay: boolean;
}

/** As `GET /reviews/{id}` has it, as far as the script needs it. */
export interface Review {
  id: string;
  state: "open" | "claimed" | "decided" | "void";
  may_decide: boolean;
  /** Why it cannot be returned (again); null where it can. */
  no_return: string | null;
  submission_id: string;
  project: { slug: string; title: string; kind: string };
  item: Assignment["item"];
  form: Assignment["form"];
  guidelines_version: number;
  turns: Turn[];
  /** Content that it may show and that was announced to its trainer. */
  content_warnings: Reason[];
  answer: unknown;
  correction: unknown;
  return_reasons: ReasonChoice[];
  reject_reasons: ReasonChoice[];
}

/** The JSON in `<script type="application/json" id="review-data">`. */
export interface DeskData {
  review: Review;
  /** What the import map calls the kind's widget. */
  widget: string;
  /** The project whose reviews are taken next; empty for all. */
  project: string;
  person: { id: string; email: string };
  wellbeing: ContentChoice & { break_minutes: number };
  /** Where the API stands: "/api/v1". */
  api: string;
  csrf: string;
}

export interface Decision {
  verdict: Verdict;
  reason: string | null;
  note: string;
  content: unknown;
}

/** The answer as a widget takes it: nothing runs, nothing is paid here. */
export function asAssignment(review: Review): Assignment {
  return {
    id: review.id,
    project: { ...review.project, rate_per_hour: null, estimated_minutes: null, cap_minutes: null, currency: "" },
    state: "submitted",
    item: review.item,
    form: review.form,
    guidelines: { version: review.guidelines_version, acknowledged_version: null },
    turns: review.turns,
    draft: null,
    clock: { active_ms: 0, waiting_ms: 0, idle_ms: 0, paused_ms: 0, paid_ms: 0, amount: { amount: 0, currency: "EUR" } },
    lease_until: null,
    rework_round: 0,
    skip_reasons: [],
    report_reasons: [],
    content_warnings: review.content_warnings,
  };
}
