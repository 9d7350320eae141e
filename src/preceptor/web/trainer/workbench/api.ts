/** Requests to the API, and the few ways in which they fail. */
import { t } from "@preceptor/ui";
import type { Problem } from "../../../kinds/widget.ts";

/** The server answered, and the answer is no. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fields: readonly Problem[],
    /** The whole document, for what a code brings along. */
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(title);
  }

  /** What to tell the person. */
  get words(): string {
    return this.detail || this.title;
  }
}

/** Nobody answered: no network, a time-out, or a server that is not there at the moment. What was sent may have arrived. */
export class Unreachable extends Error {}

interface Options {
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  /** False: a lapsed sign-in is the caller's business. */
  signIn?: boolean;
  timeout?: number;
}

const TIMEOUT = 30_000;
/** As long as a model may take, and a little more. */
const LONGEST_ANSWER = 31 * 60_000;
/** Statuses that pass by themselves, unless the problem says something of its own. */
const AWAY = new Set([408, 425, 429, 500, 502, 503, 504]);
const GENERIC = /^(?:unavailable|internal|too_many|http_\d+)$/;

/** Talks JSON to the API under `base`. */
export class Api {
  /** Called when the sign-in has lapsed; resolves once somebody signed in again. */
  signInAgain: () => Promise<void> = () => Promise.reject(new Error("nobody can sign in here"));

  constructor(
    private readonly base: string,
    private readonly csrf: string,
  ) {}

  /**
   * The answer's JSON. Rejects with `ApiProblem` or `Unreachable`. Waits for a new sign-in where the old one lapsed; a
   * `body` that is a function is asked anew then, for what happened meanwhile.
   */
  async request<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
    for (;;) {
      const response = await this.#fetch(method, path, body, options);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      if (response.status === 401 && options.signIn !== false) {
        await this.signInAgain();
        continue;
      }
      throw await problemOf(response);
    }
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  post<T>(path: string, body: unknown = {}, options: Options = {}): Promise<T> {
    return this.request<T>("POST", path, body, options);
  }

  /** As `post`, and again until somebody answers: for what may be repeated without harm. */
  async postUntilAnswered<T>(path: string, body: () => unknown): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.post<T>(path, body);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await pause(backOff(tries));
      }
    }
  }

  /** An event stream's body. */
  async stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    for (;;) {
      let response: Response;
      try {
        response = await fetch(this.base + path, { headers: { Accept: "text/event-stream" }, credentials: "same-origin", signal });
      } catch (error) {
        throw signal.aborted ? error : new Unreachable(t("There is no connection."));
      }
      if (response.ok && response.body) return response.body;
      if (response.status === 401) {
        await this.signInAgain();
        continue;
      }
      throw await problemOf(response);
    }
  }

  /** As `stream`, for what is sent. Not repeated: whoever asks asks again. */
  async postStream(path: string, body: unknown): Promise<ReadableStream<Uint8Array>> {
    for (;;) {
      const response = await this.#fetch("POST", path, body, { timeout: LONGEST_ANSWER });
      if (response.ok && response.body) return response.body;
      if (response.status !== 401) throw await problemOf(response);
      await this.signInAgain();
    }
  }

  async #fetch(method: string, path: string, body: unknown, options: Options): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", "X-CSRF-Token": this.#token() };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        credentials: "same-origin",
        keepalive: options.keepalive ?? false,
        signal: AbortSignal.timeout(options.timeout ?? TIMEOUT),
        ...(body === undefined ? {} : { body: JSON.stringify(typeof body === "function" ? (body as () => unknown)() : body) }),
      });
    } catch {
      throw new Unreachable(t("There is no connection."));
    }
    return response;
  }

  // The cookie first: it is a new one after a new sign-in.
  #token(): string {
    return /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? this.csrf;
  }
}

async function problemOf(response: Response): Promise<Error> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not ours (a proxy's page): the status alone has to do.
  }
  if (AWAY.has(response.status) && GENERIC.test(String(body.code ?? "internal"))) {
    return new Unreachable(t("The server does not answer at the moment."));
  }
  const fields = Array.isArray(body.fields) ? (body.fields as Problem[]) : [];
  return new ApiProblem(
    response.status,
    String(body.code ?? `http_${response.status}`),
    String(body.title ?? t("This did not work.")),
    String(body.detail ?? ""),
    fields,
    body,
  );
}

/** Milliseconds to wait before the next try: 1, 2, 4 … 30 s, a little apart for everybody. */
export function backOff(tries: number): number {
  return Math.min(30_000, 1000 * 2 ** tries) * (0.75 + Math.random() / 2);
}

/** Waits, but no longer than until the network is back. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
  });
}
