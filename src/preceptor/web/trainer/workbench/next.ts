/** What comes after the present task: held ahead while one works, or asked for when one goes on. */
import { t } from "@preceptor/ui";
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
    return { assignment: null, reason: reasonOf(error, prefetch) };
  }
}

function reasonOf(error: ApiProblem, prefetch: boolean): string | null {
  if (typeof error.body.reason === "string") return error.body.reason;
  // What cannot be held ahead may be taken all the same: a task that one had left oneself.
  if (error.code === "queue_empty") return prefetch ? null : error.words;
  // The server does not tell strangers that there is such a project; whoever has worked on it knows.
  return error.status === 404 ? t("None of your teams works on this project any more.") : error.words;
}
