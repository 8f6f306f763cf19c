// What is shown: filters, colours, and the address that keeps both.

const NAMED = 10;
const KEPT = ["by", "q", "outlet", "since", "until"];

export function readAddress(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state = Object.fromEntries(KEPT.map((name) => [name, given.get(name) ?? ""]));
  const at = (given.get("at") ?? "").split(",").map(Number);
  state.at = at.length === 3 && at.every(Number.isFinite) && at[2] > 0 ? at : null;
  return state;
}

export function writeAddress(state, view) {
  const kept = new URLSearchParams();
  const moved = view.k !== 1 || view.x !== view.home.x || view.y !== view.home.y;
  if (moved) kept.set("at", [view.x.toFixed(4), view.y.toFixed(4), view.k.toFixed(2)].join());
  for (const name of KEPT) {
    const usual = name === "by" ? "topic" : "";
    if (state[name] !== usual) kept.set(name, state[name]);
  }
  return kept.size ? `#${kept}`.replaceAll("%2C", ",") : "";
}

// A date that is known to the month or year only fits where some day of it does.
export function fitsDate(published, since, until) {
  if (!published) return !since && !until;
  if (since && published.slice(0, since.length) < since.slice(0, published.length)) return false;
  return !until || published.slice(0, until.length) <= until.slice(0, published.length);
}

// 1 for each point that all filters let through.
export function choose(map, state, category) {
  const { count, article, articles, texts } = map;
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = articles.map((one) =>
    (!state.outlet || one.outlet === Number(state.outlet))
    && fitsDate(one.date, state.since, state.until));
  if (words.length && texts) map.folded ??= texts.map((text) => text.toLowerCase());
  const found = words.length && texts
    ? map.folded.map((text) => words.every((word) => text.includes(word)))
    : null;
  const chosen = new Uint8Array(count);
  for (let point = 0; point < count; point++) {
    chosen[point] = fits[article[point]]
      && (!found || found[map.text[point]])
      && (category === null || map.category[point] === category)
      && (!map.drawn || map.drawn[point]) ? 1 : 0;
  }
  return chosen;
}

// The category of each point and what each is called; the last one, without a colour of its
// own, holds all others.
export function categorise(map, by) {
  const groups = { topic: byTopic, outlet: byOutlet, date: byDate, story: byStory }[by](map);
  const categories = new Uint32Array(map.count);
  for (let point = 0; point < map.count; point++) categories[point] = groups.of(point);
  return { names: groups.names, categories, ramp: by === "date" };
}

function byTopic({ topics, topic }) {
  const heads = [...new Set(topics.map((one) => one.head))];
  const place = new Map(heads.map((head, rank) => [head, rank]));
  return {
    names: [...heads.map((head) => topics[head].name), "no topic shown"],
    of: (point) => (topic[point] < topics.length ? place.get(topics[topic[point]].head) : heads.length),
  };
}

// The largest few by how many points they have.
function largest(count, of, named) {
  const sizes = new Map();
  for (let point = 0; point < count; point++) {
    const key = of(point);
    if (key !== null) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  return [...sizes].sort(([a, m], [b, n]) => n - m || a - b).slice(0, named).map(([key]) => key);
}

function byKey(map, key, name, rest) {
  const keys = largest(map.count, (point) => key(map.articles[map.article[point]]), NAMED);
  const place = new Map(keys.map((one, rank) => [one, rank]));
  return {
    names: [...keys.map(name), rest],
    of: (point) => place.get(key(map.articles[map.article[point]])) ?? keys.length,
  };
}

function byOutlet(map) {
  return byKey(map, (one) => one.outlet, (outlet) => map.outlets[outlet] || "unknown outlet", "other outlets");
}

function byStory(map) {
  const known = (one) => (one.story in map.stories ? one.story : null);
  return byKey(map, known, (story) => map.stories[story], "other articles");
}

// Eight spans of time with about as many points each.
function byDate({ articles, article, count }) {
  const days = Array.from(article, (one) => articles[one].date.slice(0, 10)).filter(Boolean).sort();
  const steps = [...new Set(Array.from({ length: 8 }, (_, step) => days[Math.floor((step * days.length) / 8)]))]
    .filter(Boolean);
  const of = (date) => steps.findLastIndex((step) => step.slice(0, date.length) <= date);
  const span = (step, rank) => {
    const next = days.findLast((day) => of(day) === rank);
    return next > step ? `${step} to ${next}` : step;
  };
  return {
    names: [...steps.map(span), "no date"],
    of: (point) => {
      const { date } = articles[article[point]];
      return date ? Math.max(of(date.slice(0, 10)), 0) : steps.length;
    },
  };
}
