/** The answer of this kind as values, and what is still missing. Pure; the server has the last word. */
import { t } from "@preceptor/ui";
import type { Span } from "../../fields/spans/marks.ts";
import type { Said } from "../../conversation.ts";
import type { Labels, Problem, Progress } from "../../widget.ts";

export type Severity = "low" | "medium" | "high" | "critical";
export type Verdict = "confirmed" | "not_a_problem" | "cannot_tell";
export type MessageVerdict = "fine" | "problem" | "worst";

export interface Category {
  key: string;
  label: Labels;
  shortcut: string | null;
  severity: Severity;
  sensitive: boolean;
}

export interface Settings {
  categories: readonly Category[];
  private: readonly { key: string; label: Labels; shortcut: string | null }[];
  judged: "all" | "assistant" | "off";
  note: "off" | "optional" | "required";
}

export interface ItemContent {
  messages: readonly Said[];
  reason: string;
  categories: readonly string[];
  severity: Severity | null;
  reported_at: string | null;
  /** What was replaced before anybody read it. */
  private: readonly Span[];
}

export interface Answer {
  verdict: Verdict | null;
  severity: Severity | null;
  categories: readonly string[];
  spans: readonly Span[];
  messages: Readonly<Record<string, MessageVerdict>>;
  note: string;
}

export const VERDICTS: readonly Verdict[] = ["confirmed", "not_a_problem", "cannot_tell"];
export const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];
export const MESSAGE_VERDICTS: readonly MessageVerdict[] = ["fine", "problem", "worst"];

export const filled = (answer: Partial<Answer> | null): Answer => ({
  verdict: answer?.verdict ?? null,
  severity: answer?.severity ?? null,
  categories: answer?.categories ?? [],
  spans: answer?.spans ?? [],
  messages: answer?.messages ?? {},
  note: answer?.note ?? "",
});

export const verdictName = (one: Verdict): string =>
  ({ confirmed: t("Yes, there is a problem"), not_a_problem: t("No, not a problem"), cannot_tell: t("Cannot tell") })[one];
export const severityName = (one: Severity): string => ({ low: t("Low"), medium: t("Medium"), high: t("High"), critical: t("Critical") })[one];
export const messageVerdictName = (one: MessageVerdict): string => ({ fine: t("Fine"), problem: t("Problem"), worst: t("The worst") })[one];

export const keyOf = (index: number): string => `m${index + 1}`;

export const who = (role: Said["role"], number: number): string =>
  role === "user" ? t("{n}. User", { n: number }) : role === "assistant" ? t("{n}. Assistant", { n: number }) : t("{n}. Instructions to the model", { n: number });

/** Keys of the messages that get a verdict of their own. */
export function judgedKeys(settings: Settings, content: ItemContent): string[] {
  const judged: Record<Settings["judged"], readonly Said["role"][]> = { all: ["user", "assistant"], assistant: ["assistant"], off: [] };
  const roles = judged[settings.judged];
  return content.messages.flatMap(({ role }, index) => (roles.includes(role) ? [keyOf(index)] : []));
}

/** With a verdict for one message; there is only one worst. */
export function withMessage(answer: Answer, key: string, verdict: MessageVerdict | null): Answer {
  const messages: Record<string, MessageVerdict> = {};
  for (const [one, said] of Object.entries(answer.messages)) {
    if (one !== key) messages[one] = verdict === "worst" && said === "worst" ? "problem" : said;
  }
  if (verdict) messages[key] = verdict;
  return { ...answer, messages };
}

/** With new marks; a category that words were just marked as is ticked too. */
export function withSpans(settings: Settings, answer: Answer, spans: readonly Span[]): Answer {
  const before = new Set(answer.spans.map((span) => span.label));
  const added = new Set(spans.map((span) => span.label).filter((label) => !before.has(label)));
  const categories = settings.categories.map((one) => one.key).filter((key) => answer.categories.includes(key) || added.has(key));
  return { ...answer, spans, categories };
}

/** With a verdict for the whole: how bad it is, is said of confirmed problems alone. */
export const withVerdict = (answer: Answer, verdict: Verdict | null): Answer => ({
  ...answer,
  verdict,
  severity: verdict === "confirmed" ? answer.severity : null,
});

/** What is still missing, in reading order. The same rules as on the server, in the same words. */
export function missing(settings: Settings, content: ItemContent, answer: Answer): Problem[] {
  const problems: Problem[] = judgedKeys(settings, content)
    .filter((key) => !answer.messages[key])
    .map((key) => ({ path: `messages.${key}`, message: t("Say whether this message is fine.") }));
  if (answer.verdict === null) problems.push({ path: "verdict", message: t("Say whether the report is right.") });
  if (answer.verdict === "confirmed") {
    if (answer.categories.length === 0) problems.push({ path: "categories", message: t("Say what is wrong.") });
    if (answer.severity === null) problems.push({ path: "severity", message: t("Say how bad it is.") });
  }
  if (settings.note === "required" && answer.note.trim() === "") problems.push({ path: "note", message: t("Say why, in a sentence or two.") });
  return problems;
}

export function progressOf(settings: Settings, content: ItemContent, answer: Answer): Progress {
  const confirmed = answer.verdict === "confirmed" ? 2 : 0;
  const all = judgedKeys(settings, content).length + 1 + confirmed + (settings.note === "required" ? 1 : 0);
  return { done: all - missing(settings, content, answer).length, all };
}

/** How often each thing was replaced, most frequent first. */
export function replaced(content: ItemContent): { label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const span of content.private) counts.set(span.label, (counts.get(span.label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}
