// What the mock server tells: tasks in every state a designer or a test wants to see.

export const MARKDOWN = [
  "Cold air is **denser** than warm air, so the air inside your tires takes up less room and the pressure falls, by about 1 psi for each 10 °F (6 °C).\n\nCheck the pressure in the morning before driving and top it up to the figure on the door frame.",
  "Tires go flat in winter because the rubber freezes and cracks at temperatures below 0 °C, letting air out through the sidewall.",
  "Three things come together:\n\n1. the air contracts,\n2. the valve seals shrink a little, and\n3. road salt corrodes the rim where the tire seats.\n\nKeep them at the recommended pressure and replace old valve cores.",
  "It is mostly physics. At constant volume the pressure follows the temperature, $p_2 = p_1 \\, \\frac{T_2}{T_1}$, so from 20 °C to −10 °C:\n\n$$p_2 = 2.5 \\cdot \\frac{263}{293} \\approx 2.24\\ \\text{bar}$$\n\n```python\ndef pressure(p1: float, t1: float, t2: float) -> float:\n    \"\"\"Gay-Lussac, temperatures in kelvin.\"\"\"\n    return p1 * t2 / t1\n```",
  "Short answer: the cold.",
  "| Temperature | Pressure |\n|---|---|\n| 20 °C | 2.50 bar |\n| 0 °C | 2.33 bar |\n| −10 °C | 2.24 bar |",
  "> Air shrinks when it gets cold.\n\nSo check your tires **once a month**.",
  "I am not sure. It may be the valves.",
];

export const HOSTILE = [
  "<script>window.pwned = 1</script>\n\n<img src=x onerror=\"window.pwned = 2\">\n\n[click me](javascript:window.pwned=3) and <a href=\"javascript:window.pwned=4\">this</a> and ![pixel](https://tracker.example/p.png)",
  "A word without end: " + "Donaudampfschiff".repeat(60) + "\n\n\u202eevil txet desrever\u202c and \u202eleft open",
  "```html\n<svg onload=\"window.pwned=5\"></svg>\n```\n\n```python onmouseover=alert(1)\nprint('x')\n```\n\n`<b>not bold</b>` &lt;script&gt; <style>body{display:none}</style>\n\n[data](data:text/html,<script>window.pwned=6</script>) [vb](vbscript:x) <https://example.com/\"onmouseover=window.pwned=7>",
  "$\\href{javascript:window.pwned=8}{x}$ $\\includegraphics{https://tracker.example/a.png}$ $$\\def\\a{\\a\\a}\\a$$ </rich-text></article></main><h1 class=\"primary danger\">Injected</h1>\n\n# h\n\n<form action=//evil.example><input name=password></form>",
];

const labels = (en, es) => ({ en, es });

export const SETTINGS = {
  scale: { points: 7, low: labels("unusable", "inservible"), high: labels("basically perfect", "prácticamente perfecta") },
  errors: [
    ["factual_inaccuracy", "Factual inaccuracy", "f", "major"],
    ["instructions_not_followed", "Did not follow instructions", "i", "major"],
    ["misleading", "Misleading", "m", "major"],
    ["spelling", "Spelling", "s", "minor"],
    ["grammar", "Grammar", "g", "minor"],
    ["unnatural_tone", "Unnatural tone", "t", "minor"],
    ["repetition", "Repetition", "r", "minor"],
    ["harassment_or_hate", "Harassment or hate", "h", "major", true],
    ["biased_or_unethical", "Biased or unethical", "b", "major"],
    ["sexual", "Sexual", "x", "major", true],
    ["violent", "Violent", "v", "major", true],
    ["private_data", "Private data", "p", "major"],
    ["unsafe_advice", "Unsafe advice", "u", "major"],
    ["other", "Other", "o", "minor"],
  ].map(([key, label, shortcut, severity, sensitive = false]) => ({ key, label: labels(label, label), shortcut, severity, sensitive })),
  comment: "optional",
  responses: 4,
  min_turns: 1,
  max_turns: 1,
  ideal: "last_turn",
};

const PROMPT = "Why do my tires always go flat in the winter?";
const euros = (amount) => ({ amount, currency: "EUR" });

export const GUIDELINES = {
  version: 4,
  acknowledged_version: 3,
  text: "# General chat\n\nAsk for anything you would ask a knowledgeable friend. Browsing is off: ask nothing that happened this week.\n\n## Rating\n\n- **7** is basically perfect: you would change at most a word.\n- **4** helps, with clear faults.\n- **1** is unusable, or harmful.\n\nTag every error you find, also in a response you like.\n\n## The ideal response\n\nWrite what you would have wished to read. Say so when something is not known.",
  previous_text: "# General chat\n\nAsk for anything you would ask a knowledgeable friend.\n\n## Rating\n\n- **7** is basically perfect: you would change at most a word.\n- **4** helps, with clear faults.\n- **1** is unusable.\n\nTag every error you find.\n\n## The ideal response\n\nWrite what you would have wished to read.",
  notes: [{ version: 4, note: "Browsing is off from now on; say so when something is not known." }],
};

const response = (id, index, text, state = "complete") => ({ id: `${id}-r${index + 1}`, state, text, error: state === "failed" ? "The model did not answer in time." : null, tokens: 40 });
const turn = (id, position, prompt, texts) => ({ id, position, parent: null, continue_from: null, prompt, state: "complete", shared: true, responses: texts.map((text, index) => response(id, index, text)) });

/** An assignment by its id: what stands before the dash names the scenario. */
export function makeAssignment(id, { acknowledged = 4 } = {}) {
  const scenario = id.split("-")[0];
  const settings = structuredClone(SETTINGS);
  const content = { prompt: null, messages: [], follow_ups: [] };
  const item = { id: `item-${id}`, brief: "Have a conversation on any topic, browsing off.", topic: null, content };
  const assignment = {
    id,
    project: { slug: scenario, title: "General chat, browsing off", kind: "rate_responses", rate_per_hour: euros(2500), estimated_minutes: 18, cap_minutes: 40, currency: "EUR" },
    state: "active",
    item,
    form: { version: 2, settings },
    guidelines: { version: 4, acknowledged_version: acknowledged },
    turns: [],
    draft: null,
    clock: { active_ms: 0, waiting_ms: 0, idle_ms: 0, paused_ms: 0, paid_ms: 0, amount: euros(0) },
    lease_until: new Date(Date.now() + 300_000).toISOString(),
    rework_round: 0,
    skip_reasons: [{ key: "not_able", label: "I do not know enough about it" }, { key: "uncomfortable", label: "I do not want to read this" }, { key: "technical", label: "Something does not work" }],
    report_reasons: [{ key: "broken", label: "The task makes no sense" }, { key: "harmful", label: "It holds harmful or private content" }],
  };
  const given = (texts) => {
    content.prompt = PROMPT;
    item.brief = null;
    assignment.turns = [turn(`${id}-t1`, 1, PROMPT, texts)];
  };
  if (scenario === "given") given(MARKDOWN.slice(0, 4));
  if (scenario === "ask") {
    content.prompt = PROMPT;
    item.brief = null;
  }
  if (scenario === "eight") {
    settings.responses = 8;
    given(MARKDOWN);
  }
  if (scenario === "two") {
    settings.responses = 2;
    settings.comment = "required";
    given(MARKDOWN.slice(0, 2));
  }
  if (scenario === "hostile") given(HOSTILE);
  if (scenario === "multi") {
    settings.max_turns = 3;
    settings.min_turns = 2;
    content.follow_ups = ["How often should I check them, then?"];
    item.topic = "Household";
  }
  if (scenario === "failed") {
    given(MARKDOWN.slice(0, 4));
    const [, second, third] = assignment.turns[0].responses;
    Object.assign(second, response(`${id}-t1`, 1, "", "failed"));
    Object.assign(third, response(`${id}-t1`, 2, "Three things come", "stopped"));
  }
  if (scenario === "rework") {
    given(MARKDOWN.slice(0, 4));
    assignment.rework_round = 1;
    assignment.rework = { reason: "The ideal response is too short", note: "Good ratings. Please say what to do about it as well." };
  }
  if (scenario === "long") given([MARKDOWN.slice(0, 4).join("\n\n").repeat(5), ...MARKDOWN.slice(1, 4)]);
  if (scenario === "rated" || scenario === "review" || scenario === "correct") {
    given(MARKDOWN.slice(0, 4));
    const r = (n) => `${id}-t1-r${n}`;
    assignment.clock = { active_ms: 680_000, waiting_ms: 81_000, idle_ms: 40_000, paused_ms: 0, paid_ms: 761_000, amount: euros(528) };
    assignment.draft = {
      version: 7,
      saved_at: new Date().toISOString(),
      content: {
        turns: [{
          turn_id: `${id}-t1`, prompt: PROMPT, ratings: { [r(1)]: 6, [r(2)]: 2, [r(3)]: 5, [r(4)]: 5 }, errors: { [r(2)]: ["factual_inaccuracy", "unnatural_tone"] },
          comments: { [r(2)]: "Rubber does not freeze at 0 °C." }, ranking: null, all_bad: false,
          ideal: "Cold air contracts. The same amount of air in your tires presses less hard on the walls, so the pressure falls by about 1 psi for each 10 °F (6 °C). A tire that was only just full in autumn is visibly low by January.\n\nCheck the pressure in the morning before driving and top it up to the figure on the door frame. If one tire keeps losing more than the others, have the valve and rim looked at: that is a leak, not the weather.",
          ideal_start: r(1), continue_from: null,
        }],
        next_prompt: "",
      },
    };
  }
  return assignment;
}
