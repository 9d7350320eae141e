/** The widget's own keys: what they are called, and what they do. */
import { t, type KeyHelp } from "@preceptor/ui";
import type { TagsField } from "../../fields/tags/widget.ts";
import type { ConverseWidget } from "./widget.ts";
import { childrenOf, isUsable } from "./value.ts";

export function keyHelp(host: ConverseWidget): KeyHelp[] {
  const moving: KeyHelp[] = [
    { keys: [["J"], ["K"], ["→"], ["←"]], does: t("The response after or before") },
    { keys: [["["], ["]"]], does: t("The branch before or after, where the conversation forks") },
  ];
  if (!host.editable) return moving;
  const { each } = host.settings;
  const help: KeyHelp[] = [];
  if (each.rating !== "off") {
    help.push({ keys: [[`1–${each.scale.points}`]], does: t("Rate the response, from the worst to the best") }, { keys: [["0"]], does: t("Take the rating back") });
  }
  help.push(...moving);
  if (each.tags.length > 0) help.push({ keys: [["E"]], does: t("Tags of the response; then a letter for each") });
  if (each.comment !== "off") help.push({ keys: [["C"]], does: t("Comment on the response") });
  if (host.settings.ideal !== "off") help.push({ keys: [["I"]], does: t("Improve the response: write your own from it") });
  help.push({ keys: [["B"]], does: t("Prefer the response to the others of its turn") });
  if (host.canBranch) help.push({ keys: [["F"]], does: t("Go on from this response") });
  help.push(
    { keys: [["R"]], does: t("To the conversation as a whole") },
    { keys: [["N"]], does: t("Write a message") },
    { keys: [["Mod", "Enter"]], does: t("Send the message, while writing it") },
    { keys: [["X"]], does: t("Stop the response that is being written") },
  );
  return help;
}

/** True when the key meant something here. */
export function keyActions(host: ConverseWidget, event: KeyboardEvent): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const inChoice = event.target instanceof HTMLInputElement && event.target.type === "radio";
  if (event.key.startsWith("Arrow") && inChoice) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "n") return host.isWorking && host.focusComposer();
  if (key === "r" && host.editable) {
    host.focusWhole();
    return true;
  }
  const ids = host.shownResponses;
  const id = ids.includes(host.current) ? host.current : (ids.at(-1) ?? "");
  const action = moves(host, ids, id)[key] ?? (host.editable ? works(host, id)[key] : undefined) ?? rates(host, id, key);
  action?.();
  return action !== undefined;
}

type Actions = Record<string, (() => void) | undefined>;

function moves(host: ConverseWidget, ids: readonly string[], id: string): Actions {
  const go = (by: number) => (): void => host.focusResponse(ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(id) + by))] ?? "");
  const turnTo = (by: number) => (): void => turnBranch(host, id, by);
  const forward = document.dir === "rtl" ? -1 : 1;
  return { j: go(1), k: go(-1), ArrowRight: go(forward), ArrowLeft: go(-forward), "]": turnTo(1), "[": turnTo(-1) };
}

// The fork at or above the current turn; where it has none above, the first one below.
function turnBranch(host: ConverseWidget, id: string, by: number): void {
  let turn = host.placedOf(id)?.turn;
  while (turn) {
    const ways = childrenOf(host.turns, turn.parent);
    const to = ways.length > 1 ? ways[ways.indexOf(turn) + by] : undefined;
    if (to) {
      host.showBranch(to);
      void host.updateComplete.then(() => host.focusResponse(to.responses[0]?.id ?? ""));
      return;
    }
    const { parent } = turn;
    turn = host.turns.find((one) => one.id === parent);
  }
}

function works(host: ConverseWidget, id: string): Actions {
  const placed = host.placedOf(id);
  if (!placed) return {};
  const response = placed.turn.responses.find((one) => one.id === id);
  if (!response) return {};
  if (!isUsable(response)) return { x: () => void host.bench?.stop(id) };
  const { each, ideal } = host.settings;
  return {
    e: each.tags.length > 0 ? () => host.querySelector<TagsField>(`#response-${CSS.escape(id)} tags-field`)?.open() : undefined,
    c: each.comment !== "off" ? () => host.openComment(id) : undefined,
    i: ideal !== "off" ? () => host.improve(placed.index, id) : undefined,
    b: () => host.choose(placed.index, id),
    f: host.canBranch ? () => host.goOnFrom(placed.turn, id) : undefined,
    "0": each.rating !== "off" ? () => host.judge(placed.index, id, "rating", null) : undefined,
  };
}

function rates(host: ConverseWidget, id: string, key: string): (() => void) | undefined {
  const step = Number(key);
  const { each } = host.settings;
  const placed = host.placedOf(id);
  const response = placed?.turn.responses.find((one) => one.id === id);
  if (!host.editable || each.rating === "off" || !placed || !response || !isUsable(response)) return undefined;
  return step >= 1 && step <= each.scale.points ? () => host.judge(placed.index, id, "rating", step) : undefined;
}
