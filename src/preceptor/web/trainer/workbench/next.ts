/** What comes after the present task: held ahead while one works, or asked for when one goes on. */
import type { Assignment } from "../../../kinds/widget.ts";
import { ApiProblem, type Api } from "./api.ts";

/** What comes next, as far as it is known. */
export interface Next {
  assignment: Assignment | null;
  /** Why there is none. */
  reason: string | null;
}

/** Opens what was held ahead; null where it has gone to somebody else meanwhile. Rejects with `Unreachable`. */
export async function startAhead(api: Api, ahead: Assignment): Promise<Assignment | null> {
  try {
    return await api.post<Assignment>(`/assignments/${ahead.id}/start`);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return null;
  }
}

/** Asks for the task after `present`; `prefetch`: to be held ahead. Rejects with `Unreachable`. */
export async function fetchNext(api: Api, present: Assignment, prefetch: boolean): Promise<Next> {
  try {
    const assignment = await api.post<Assignment>(`/projects/${present.project.slug}/claim`, { prefetch });
    return { assignment: assignment.id === present.id ? null : assignment, reason: null };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (typeof error.body.reason === "string") return { assignment: null, reason: error.body.reason };
    // What cannot be held ahead may be taken all the same: a task that one had left oneself.
    return { assignment: null, reason: prefetch && error.code === "queue_empty" ? null : error.words };
  }
}
