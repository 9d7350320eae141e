// The API's contract in memory, so that the workbench can be built and tested without the server.
//
//   node mockserver.mjs [port]        then open http://127.0.0.1:<port>/work/rated-1
//
// Scenarios: free ask given two eight multi rated failed hostile long rework review correct (see mock/scenarios.mjs).
// Switches: POST /__mock {"offline": true, "signedOut": true, "slow": ms, "queue": false, "questions": true, …}.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GUIDELINES, HOSTILE, MARKDOWN, makeAssignment } from "./mock/scenarios.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const statics = path.join(here, "../src/preceptor/static");
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json", ".map": "application/json" };

const fresh = () => ({ assignments: new Map(), submissions: new Map(), log: [], switches: { queue: true, token: 12, questions: false }, acknowledged: 4 });
let world = fresh();

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const find = (id) => {
  if (!world.assignments.has(id)) world.assignments.set(id, makeAssignment(id, { acknowledged: world.acknowledged }));
  return world.assignments.get(id);
};
const responses = () => [...world.assignments.values()].flatMap((one) => one.turns.flatMap((turn) => turn.responses.map((response) => ({ turn, response }))));

class Problem extends Error {
  constructor(status, code, title, extra = {}) {
    super(title);
    Object.assign(this, { status, body: { type: "about:blank", title, status, code, fields: [], ...extra } });
  }
}

function textFor(turn, index) {
  const scenario = turn.id.split("-")[0];
  const texts = scenario === "hostile" ? HOSTILE : MARKDOWN;
  return texts[(index + turn.position - 1) % texts.length];
}

// Responses are written whether or not somebody looks.
async function generate(turn, response, index) {
  if (turn.id.startsWith("failed") && index === 1) {
    await sleep(60);
    return Object.assign(response, { state: "failed", error: "The model did not answer in time." });
  }
  await sleep(30 * index);
  for (const piece of textFor(turn, index).match(/\s*\S+/g) ?? []) {
    if (response.state === "stopped") return response;
    response.state = "streaming";
    response.text += piece;
    await sleep(world.switches.token);
  }
  return Object.assign(response, { state: "complete", tokens: response.text.length });
}

async function ask(assignment, body) {
  const known = assignment.turns.find((turn) => turn.key === body.key);
  if (known) return known;
  if (!body.prompt.trim()) throw new Problem(422, "invalid", "Look at the marked fields.", { fields: [{ path: "prompt", message: "Write something here." }] });
  if (body.prompt.includes("too long")) throw new Problem(422, "invalid", "Look at the marked fields.", { fields: [{ path: "prompt", message: "This prompt is longer than the model can read." }] });
  const id = `${assignment.id}-t${assignment.turns.length + 1}`;
  const turn = { id, key: body.key, position: assignment.turns.length + 1, parent: body.parent ?? assignment.turns.at(-1)?.id ?? null, continue_from: body.continue_from, prompt: body.prompt, state: "asking", shared: false, responses: [] };
  turn.responses = Array.from({ length: assignment.form.settings.responses }, (_, index) => ({ id: `${id}-r${index + 1}`, state: "pending", text: "", error: null, tokens: null }));
  assignment.turns.push(turn);
  void Promise.all(turn.responses.map((response, index) => generate(turn, response, index))).then(() => (turn.state = "complete"));
  return structuredClone(turn);
}

async function stream(turn, answer) {
  answer.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event, data) => answer.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const sent = new Map();
  for (const response of turn.responses) {
    send("state", response);
    sent.set(response.id, { length: response.text.length, state: response.state });
  }
  while (!answer.destroyed && !world.switches.offline) {
    for (const response of turn.responses) {
      const known = sent.get(response.id);
      if (response.text.length > known.length) send("response", { response_id: response.id, delta: response.text.slice(known.length) });
      if (response.state !== known.state && ["complete", "failed", "stopped"].includes(response.state)) send("state", response);
      sent.set(response.id, { length: response.text.length, state: response.state });
    }
    if (turn.responses.every((one) => ["complete", "failed", "stopped"].includes(one.state))) {
      send("done", { turn_id: turn.id });
      break;
    }
    await sleep(15);
  }
  answer.end();
}

function tick(assignment, ms) {
  const { clock, project } = assignment;
  clock.active_ms += ms;
  clock.paid_ms = clock.active_ms + clock.waiting_ms;
  clock.amount = { amount: Math.floor((project.rate_per_hour.amount * clock.paid_ms) / 3_600_000), currency: "EUR" };
  return { clock, lease_until: new Date(Date.now() + 300_000).toISOString(), state: assignment.state };
}

function claim(slug, body) {
  if (world.switches.left) throw new Problem(404, "not_found", "There is nothing at this address, or it is not yours to see.");
  if (!world.switches.queue) throw new Problem(404, "queue_empty", "Nothing is open for you.", world.switches.silent ? {} : { reason: "all 12 open items are with other people" });
  const held = [...world.assignments.values()].filter((one) => one.project.slug === slug && ["prefetched", "active", "paused"].includes(one.state));
  const ready = held.find((one) => one.state === "prefetched") ?? (body.prefetch ? undefined : held[0]);
  if (ready) return ready;
  const number = Math.max(0, ...[...world.assignments.keys()].filter((id) => id.startsWith(`${slug}-`)).map((id) => Number(id.split("-")[1]))) + 1;
  const assignment = find(`${slug}-${number}`);
  if (body.prefetch) assignment.state = "prefetched";
  return assignment;
}

function submit(assignment, body) {
  const known = world.submissions.get(assignment.id);
  if (known) {
    if (known.key === body.key) return known.receipt;
    throw new Problem(409, "already_submitted", "You have handed in an answer to this task already. Correct it under My work.");
  }
  if (world.switches.questions && body.confirmed.length === 0) {
    const turn = assignment.turns[0];
    const questions = [{ code: `top_rating_with_error:${turn.responses[0].id}`, text: "Response 1 has the top rating, 7, and the error “Spelling”. Are both right?", path: `turns.0.ratings.${turn.responses[0].id}` }];
    throw new Problem(409, "questions", "Please look at this before you hand it in.", { questions });
  }
  const outcome = assignment.state === "expired" ? "surplus" : "submitted";
  return finish(assignment, outcome, body);
}

function finish(assignment, outcome, body) {
  tick(assignment, 1000);
  assignment.state = outcome === "surplus" ? "submitted" : outcome;
  const receipt = { assignment_id: assignment.id, submission_id: outcome === "submitted" || outcome === "surplus" ? randomUUID() : null, outcome, clock: assignment.clock, paid_ms: assignment.clock.paid_ms, amount: assignment.clock.amount };
  world.submissions.set(assignment.id, { key: body.key, content: body.content, receipt });
  return receipt;
}

function saveDraft(assignment, body) {
  const known = assignment.draft?.version ?? 0;
  if (body.version <= known) throw new Problem(409, "draft_newer", "A newer draft was saved from another window or device.", { version: known, content: assignment.draft.content });
  assignment.draft = { version: body.version, content: body.content, saved_at: new Date().toISOString() };
  return { version: body.version, saved_at: assignment.draft.saved_at, ...tick(assignment, 0) };
}

async function api(method, route, body, answer) {
  const [area, id, action, more] = route.split("/").slice(1);
  if (area === "session") {
    if (body.password !== "right") throw new Problem(422, "wrong_password", "Address and password do not belong together.");
    if (world.switches.code && body.code !== world.switches.code) throw new Problem(422, "second_factor", "Give a code of your app as well, or a recovery code.");
    world.switches.signedOut = false;
    return [201, { state: "signed_in" }];
  }
  if (world.switches.signedOut) throw new Problem(401, "sign_in", "Please sign in.");
  if (area === "me") return [200, { person_id: world.switches.person ?? "p1", name: "Amal" }];
  if (area === "projects" && action === "claim") return [201, claim(id, body)];
  if (area === "projects" && action === "guidelines") {
    if (more === "acknowledge") world.acknowledged = body.version;
    return [200, { ...GUIDELINES, acknowledged_version: world.acknowledged }];
  }
  if (area === "turns") {
    const turn = [...world.assignments.values()].flatMap((one) => one.turns).find((one) => one.id === id);
    if (!turn) throw new Problem(404, "no_such_turn", "There is no such turn.");
    await stream(turn, answer);
    return null;
  }
  if (area === "responses") {
    const found = responses().find(({ response }) => response.id === id);
    if (!found) throw new Problem(404, "no_such_turn", "There is no such response.");
    const { turn, response } = found;
    if (action === "stop") response.state = "stopped";
    else {
      Object.assign(response, { state: "pending", text: "", error: null });
      turn.state = "asking";
      void generate({ ...turn, id: "again" }, response, turn.responses.indexOf(response)).then(() => (turn.state = "complete"));
    }
    return [200, response];
  }
  const assignment = find(id);
  switch (action) {
    case undefined: return [200, assignment];
    case "start":
      if (assignment.state === "lapsed") throw new Problem(404, "no_such_assignment", "There is no such task, or it is not yours.");
      if (["submitted", "skipped", "reported"].includes(assignment.state)) throw new Problem(409, "assignment_ended", "This task has ended already.");
      assignment.state = "active";
      return [200, assignment];
    case "draft":
      if (assignment.state === "returned") throw new Problem(409, "assignment_ended", "This task has ended already.");
      return [200, saveDraft(assignment, body)];
    case "beat": {
      assignment.exam_over = Boolean(world.switches.examOver);
      if (world.switches.expired) assignment.state = "expired";
      else if (assignment.state === "expired" && body.inputs.length) assignment.state = "active";
      if (["submitted", "skipped", "reported", "returned"].includes(assignment.state)) throw new Problem(409, "assignment_ended", "This task has ended already.");
      return [200, tick(assignment, Math.min(20_000, body.inputs.length * 5000))];
    }
    case "pause":
    case "resume":
      if (["submitted", "skipped", "reported", "returned"].includes(assignment.state)) throw new Problem(409, "assignment_ended", "This task has ended already.");
      assignment.state = action === "pause" ? "paused" : "active";
      return [200, tick(assignment, 0)];
    case "turns": return [201, await ask(assignment, body)];
    case "submit": return [201, submit(assignment, body)];
    case "skip": return [200, finish(assignment, "skipped", body)];
    case "report": return [200, finish(assignment, "reported", body)];
    default: throw new Problem(404, "not_found", "There is nothing at this address.");
  }
}

async function page(id, nonce, query) {
  const manifest = JSON.parse(await readFile(path.join(statics, "manifest.json"), "utf8"));
  const url = (file) => `/static/${file}`;
  const importmap = JSON.stringify({ imports: Object.fromEntries(Object.entries(manifest.imports).map(([name, file]) => [name, url(file)])) });
  const json = (value) => JSON.stringify(value).replaceAll("<", "\\u003c");
  const scenario = id.split("-")[0];
  const hosted = scenario === "review" || scenario === "correct";
  const assignment = find(id);
  const data = {
    assignment, api: "/api/v1", csrf: "mock", widget: "@preceptor/kinds/rate_responses", mode: query.get("mode") ?? "work",
    guidelines: { ...GUIDELINES, acknowledged_version: assignment.guidelines.acknowledged_version },
    rework: assignment.rework ?? null, person: { id: "p1", email: "trainer@demo.example" }, idle_after_ms: 180_000,
    urls: { work: "/work", workbench: "/work/{id}", submission: "/my-work/{id}" },
  };
  const changed = structuredClone(assignment.draft?.content);
  if (scenario === "correct") {
    const [turn] = changed.turns;
    turn.ratings[`${id}-t1-r1`] = 7;
    turn.errors = { [`${id}-t1-r2`]: ["factual_inaccuracy"], [`${id}-t1-r4`]: ["repetition"] };
    turn.ideal = turn.ideal.replace("visibly low", "clearly low").replace(" that is a leak, not the weather.", " it leaks.");
  }
  const answer = { assignment, value: changed, original: scenario === "correct" ? assignment.draft.content : null, mode: scenario };
  const scripts = hosted ? ["base.js", "host.js"] : ["base.js", "workbench.js", "kinds/rate_responses.js"];
  const preload = [...new Set(scripts.flatMap((name) => manifest.preload[name] ?? []))];
  const body = hosted
    ? `<div class="page-head"><h1>Review</h1></div><form class="stack" method="post" action="/echo"><task-widget module="@preceptor/kinds/rate_responses" name="content"><script type="application/json">${json(answer)}</script></task-widget><button class="primary">Send</button></form>`
    : `<preceptor-workbench></preceptor-workbench><script type="application/json" id="workbench-data">${json(data)}</script>`;
  return `<!doctype html><html lang="${query.get("lang") ?? "en"}" dir="${query.get("dir") ?? "ltr"}"${query.get("theme") ? ` data-theme="${query.get("theme")}"` : ""}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Workbench</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="${url(manifest.files["app.css"])}"><script type="importmap" nonce="${nonce}">${importmap}</script>
${preload.map((file) => `<link rel="modulepreload" href="${url(file)}">`).join("")}<script type="application/json" id="messages">{}</script>
${scripts.slice(0, 2).map((name) => `<script type="module" src="${url(manifest.files[name])}"></script>`).join("")}</head><body><a class="skip-link" href="#main">To the content</a>
<header class="top"><a class="brand" href="/">Prece<i>ptor</i></a><nav aria-label="Main"><a href="/work" aria-current="page">Work</a><a href="/my-work">My work</a><a href="/earnings">Earnings</a></nav><div class="right"><button class="quiet" popovertarget="m">Amal</button><div id="m" popover data-menu class="menu"><a href="/account">Account</a></div></div></header>
<main id="main" tabindex="-1">${body}</main></body></html>`;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text && (request.headers["content-type"] ?? "").includes("json") ? JSON.parse(text) : text;
}

const server = http.createServer(async (request, answer) => {
  const url = new URL(request.url, "http://mock");
  const send = (status, content, type = "application/json") => {
    answer.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    answer.end(typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  };
  try {
    const body = await bodyOf(request);
    if (url.pathname === "/__mock") {
      if (body.reset) world = fresh();
      if (body.acknowledged !== undefined) world.acknowledged = body.acknowledged;
      // What was held ahead, and never opened, is let go of.
      if (body.lapsed) find(body.lapsed).state = "lapsed";
      if (body.ended) find(body.ended).state = "submitted";
      // The time of rework ran out: it is on its trainer's list again.
      if (body.returned) find(body.returned).state = "returned";
      if (body.draft) find(body.draft.id).draft = { ...body.draft, saved_at: new Date().toISOString() };
      Object.assign(world.switches, body.switches ?? {});
      return send(200, { log: world.log, assignments: Object.fromEntries(world.assignments), submissions: Object.fromEntries(world.submissions) });
    }
    if (url.pathname.startsWith("/static/")) {
      const file = path.join(statics, path.normalize(url.pathname.slice(8)));
      const content = await readFile(file).catch(() => null);
      return content ? send(200, content, TYPES[path.extname(file)] ?? "text/plain") : send(404, {});
    }
    if (url.pathname.startsWith("/api/v1/")) {
      if (world.switches.offline) return request.socket.destroy();
      if (world.switches.slow) await sleep(world.switches.slow);
      const route = url.pathname.slice(7);
      world.log.push({ method: request.method, route, body, csrf: request.headers["x-csrf-token"] ?? null, at: Date.now() });
      const result = await api(request.method, route, body, answer);
      return result && send(...result);
    }
    if (url.pathname === "/echo") return send(200, body, "text/plain");
    const found = /^\/work\/([\w-]+)$/.exec(url.pathname);
    if (!found) return send(200, `<!doctype html><title>${url.pathname}</title><h1>${url.pathname}</h1>`, "text/html");
    const nonce = randomUUID();
    answer.setHeader("content-security-policy", `default-src 'self'; script-src 'self' 'nonce-${nonce}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`);
    return send(200, await page(found[1], nonce, url.searchParams), "text/html; charset=utf-8");
  } catch (error) {
    if (answer.headersSent) return answer.end();
    if (!(error instanceof Problem)) console.error(error);
    return send(error.status ?? 500, error.body ?? { title: String(error), status: 500, code: "internal" }, "application/problem+json");
  }
});

server.listen(Number(process.argv[2] ?? 8400), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
