// The map of a page: reads its blocks, draws them, and answers pointer, keys and filters.

import { fromScreen, openPainter, pointSize, toScreen } from "./draw.js";
import { NamePainter } from "./names.js";
import { isInside, Picker } from "./pick.js";
import { readColumns, readTexts, unpack, unpackJson } from "./read.js";
import { categorise, choose, readAddress, writeAddress } from "./state.js";

const LISTED = 30;
// Of fewer points none is hidden behind a name.
const FEW = 1000;
const find = (id) => document.getElementById(id);
const make = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
};
const number = new Intl.NumberFormat("en");

class MapView {
  constructor(map) {
    this.map = map;
    this.box = find("map");
    this.state = readAddress(location.hash);
    this.state.by ||= "topic";
    this.category = null;
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.print = matchMedia("print");
    this.painter = openPainter(find("points"), map.places);
    this.names = new NamePainter(find("names"));
    this.picker = new Picker(map.places);
    this.view = { home: map.home };
    this.resize();
    this.goHome();
    if (this.state.at) [this.view.x, this.view.y, this.view.k] = this.state.at;
    this.fillControls();
    this.recolour();
    this.listen();
  }

  // ---- where

  resize() {
    const { view, map } = this;
    view.width = this.box.clientWidth;
    view.height = this.box.clientHeight;
    view.ratio = Math.min(devicePixelRatio || 1, 2);
    for (const id of ["points", "names"]) {
      find(id).width = Math.round(view.width * view.ratio);
      find(id).height = Math.round(view.height * view.ratio);
    }
    const { home } = map;
    view.whole = Math.min((view.width - 40) / home.width, (view.height - 40) / home.height);
  }

  goHome() {
    Object.assign(this.view, { x: this.map.home.x, y: this.map.home.y, k: 1 });
  }

  zoom(by, x = this.view.width / 2, y = this.view.height / 2) {
    const { view } = this;
    const [atX, atY] = fromScreen(view, x, y);
    view.k = Math.min(Math.max(view.k * by, 0.5), 200);
    view.scale = view.whole * view.k;
    view.x = atX - (x - view.width / 2) / view.scale;
    view.y = atY - (y - view.height / 2) / view.scale;
    this.moved();
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y -= dy / this.view.scale;
    this.moved();
  }

  moved() {
    this.redraw();
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 200);
  }

  save() {
    history.replaceState(null, "", writeAddress(this.state, this.view) || location.pathname + location.search);
  }

  // ---- what is shown

  recolour() {
    const { map, state } = this;
    const { names, categories, ramp } = categorise(map, state.by);
    map.category = categories;
    const colours = map.colours[this.dark.matches && !this.print.matches ? "dark" : "light"];
    const last = names.length - 1;
    this.palette = names.map((_, rank) => {
      if (rank === last) return colours.none;
      if (ramp) return colours.ramp[Math.round((rank * (colours.ramp.length - 1)) / Math.max(last - 1, 1))];
      return state.by === "topic" ? colours.topics[rank] : colours.palette[rank % colours.palette.length];
    });
    this.tellLegend(names);
    this.filter();
  }

  filter() {
    const { map, palette } = this;
    this.chosen = choose(map, this.state, this.category);
    const bytes = palette.map((hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16)));
    const colours = new Uint8Array(4 * map.count);
    const all = this.chosen.indexOf(0) < 0;
    for (let point = 0; point < map.count; point++) {
      const lit = all || this.chosen[point];
      colours.set(bytes[map.category[point]], 4 * point);
      colours[4 * point + 3] = lit ? 255 : 26;
    }
    this.painter.setColours(colours);
    const count = this.chosen.reduce((sum, one) => sum + one, 0);
    find("status").textContent = `${number.format(count)} of ${number.format(map.count)} passages`;
    find("clear").hidden = all;
    this.listFound(all ? 0 : count);
    this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { view } = this;
    const style = getComputedStyle(this.box);
    const ink = { ink: style.getPropertyValue("--ink").trim(), ground: style.getPropertyValue("--ground").trim() };
    view.scale = view.whole * view.k;
    this.painter.draw(view);
    this.names.draw(view, this.map.named, ink, this.map.count < FEW);
    if (this.lasso) this.names.drawLasso(this.lasso, ink.ink);
    if (this.picked >= 0) {
      const [x, y] = this.screen(this.picked);
      this.names.drawRing(x, y, pointSize(view, this.map.count) / 2 + 4, ink.ink);
    }
    this.drawn = (this.drawn ?? 0) + 1;
  }

  screen(point) {
    return toScreen(this.view, this.map.places[2 * point], this.map.places[2 * point + 1]);
  }

  // ---- what it says

  tellLegend(names) {
    const legend = find("legend");
    legend.replaceChildren(...names.map((name, rank) => {
      const item = make("li");
      const button = make("button", "", "key");
      button.type = "button";
      button.setAttribute("aria-pressed", String(this.category === rank));
      const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      swatch.setAttribute("class", "swatch");
      swatch.setAttribute("aria-hidden", "true");
      const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      square.setAttribute("fill", this.palette[rank]);
      swatch.append(square);
      const label = make("bdi", name);
      button.append(swatch, label);
      button.addEventListener("click", () => {
        this.category = this.category === rank ? null : rank;
        for (const [place, other] of [...legend.querySelectorAll("button")].entries()) {
          other.setAttribute("aria-pressed", String(this.category === place));
        }
        this.filter();
      });
      item.append(button);
      return item;
    }));
    const used = new Set(this.map.category);
    [...legend.children].forEach((item, rank) => { item.hidden = !used.has(rank); });
  }

  cite(point) {
    const { map } = this;
    const article = map.articles[map.article[point]];
    const cited = make("p", "", "cited");
    cited.append(make("b", map.outlets[article.outlet] || "unknown outlet"), ` ${article.date.replace("T", " ") || "no date"}`);
    const title = make("p", "", "headline");
    // A page of the server leads to its own page of the article.
    const address = article.own ?? (/^https?:\/\//i.test(article.url) ? article.url : "");
    if (address) {
      const link = make("a");
      link.append(make("bdi", article.title || article.url || "without a headline"));
      link.href = address;
      link.rel = "noopener noreferrer";
      title.append(link);
    } else title.append(make("bdi", article.title || "without a headline"));
    const text = make("p", map.texts?.[map.text[point]] ?? "…", "text");
    text.dir = title.dir = "auto";
    return [cited, title, text];
  }

  copiesOf(point) {
    const { node, article, articles, outlets } = this.map;
    const held = new Set();
    for (let other = 0; other < node.length; other++) {
      if (node[other] === node[point] && other !== point) held.add(outlets[articles[article[other]].outlet] || "unknown outlet");
    }
    return [...held];
  }

  pick(point) {
    if (point === this.picked) return;
    this.picked = point;
    const card = find("card");
    card.hidden = point < 0;
    if (point >= 0) {
      const topic = this.map.topics[this.map.topic[point]];
      const copies = this.copiesOf(point);
      card.replaceChildren(
        ...this.cite(point),
        make("p", topic ? topic.name : "no topic shown", "of"),
        ...(copies.length ? [make("p", `Same wording in ${copies.slice(0, 6).join(", ")}${copies.length > 6 ? ` and ${copies.length - 6} more` : ""}`, "of")] : []),
      );
      const [x, y] = this.screen(point);
      const right = x < this.view.width / 2;
      card.style.left = right ? `${Math.min(x + 14, this.view.width - card.offsetWidth - 8)}px` : `${Math.max(x - 14 - card.offsetWidth, 8)}px`;
      card.style.top = `${Math.max(8, Math.min(y - card.offsetHeight / 2, this.view.height - card.offsetHeight - 8))}px`;
    }
    this.redraw();
  }

  pickAt(x, y) {
    const reach = Math.max(10, pointSize(this.view, this.map.count)) / this.view.scale;
    this.pick(this.picker.nearest(...fromScreen(this.view, x, y), reach, (point) => this.chosen[point]));
  }

  listFound(count) {
    const list = find("found");
    find("found-head").hidden = count === 0;
    const shown = [];
    for (let point = 0; count && point < this.map.count && shown.length < LISTED; point++) {
      if (this.chosen[point]) shown.push(point);
    }
    list.replaceChildren(...shown.map((point) => {
      const item = make("li");
      item.append(...this.cite(point));
      return item;
    }));
    find("found-count").textContent = count > LISTED
      ? `The first ${LISTED} of ${number.format(count)} passages chosen`
      : `${number.format(count)} passage${count === 1 ? "" : "s"} chosen`;
  }

  // ---- what it is told

  fillControls() {
    const { map, state } = this;
    // On a phone the map is the first to be seen.
    find("filters").open = innerWidth > 760 || Boolean(state.q || state.outlet || state.since || state.until);
    const outlets = find("by-outlet");
    map.outlets.forEach((name, place) => {
      const option = make("option", name || "unknown outlet");
      option.value = String(place);
      outlets.append(option);
    });
    for (const [id, name] of CONTROLS) find(id).value = state[name];
    find("colour-by").value = ["topic", "outlet", "date", "story"].includes(state.by) ? state.by : "topic";
    state.by = find("colour-by").value;
  }

  clear() {
    for (const [id, name] of CONTROLS) find(id).value = this.state[name] = "";
    this.map.drawn = null;
    this.category = null;
    this.recolour();
    this.save();
  }

  listen() {
    const { box } = this;
    let typing;
    for (const [id, name] of CONTROLS) {
      find(id).addEventListener("input", (event) => {
        this.state[name] = event.target.value;
        clearTimeout(typing);
        typing = setTimeout(() => { this.filter(); this.save(); }, id === "words" ? 120 : 0);
      });
    }
    find("colour-by").addEventListener("change", (event) => {
      this.state.by = event.target.value;
      this.category = null;
      this.recolour();
      this.save();
    });
    find("clear").addEventListener("click", () => this.clear());
    find("closer").addEventListener("click", () => this.zoom(1.5));
    find("farther").addEventListener("click", () => this.zoom(1 / 1.5));
    find("whole").addEventListener("click", () => { this.goHome(); this.moved(); });
    find("lasso").addEventListener("click", () => this.arm(!this.armed));
    box.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.pick(-1);
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    this.listenToPointers();
    box.addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("hashchange", () => this.onAddress());
    new ResizeObserver(() => { this.resize(); this.draw(); }).observe(box);
    for (const media of [this.dark, this.print]) media.addEventListener("change", () => { this.recolour(); this.draw(); });
  }

  // One pointer moves the map or draws, two pinch it.
  listenToPointers() {
    const { box } = this;
    const held = new Map();
    const spread = () => {
      const [a, b] = [...held.values()];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    };
    const place = (event) => {
      const edge = box.getBoundingClientRect();
      return [event.clientX - edge.left - box.clientLeft, event.clientY - edge.top - box.clientTop];
    };
    box.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button, a, #card")) return;
      held.set(event.pointerId, place(event));
      box.setPointerCapture(event.pointerId);
      if (this.armed || event.shiftKey) this.lasso = [place(event)];
    });
    box.addEventListener("pointermove", (event) => {
      const now = place(event);
      const before = held.get(event.pointerId);
      if (!before) {
        if (!event.target.closest("#card")) this.pickAt(...now);
        return;
      }
      if (held.size === 2) {
        const apart = spread();
        held.set(event.pointerId, now);
        const [a, b] = [...held.values()];
        this.zoom(spread() / (apart || 1), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
        return;
      }
      held.set(event.pointerId, now);
      if (this.lasso) {
        this.lasso.push(now);
        this.redraw();
      } else if (now[0] !== before[0] || now[1] !== before[1]) {
        this.pick(-1);
        this.pan(now[0] - before[0], now[1] - before[1]);
      }
    });
    const release = (event) => {
      if (!held.delete(event.pointerId)) return;
      if (this.lasso) this.closeLasso();
      else this.pickAt(...place(event));
    };
    box.addEventListener("pointerup", release);
    box.addEventListener("pointercancel", release);
    box.addEventListener("pointerleave", (event) => {
      // A finger leaves when it is lifted: what it tapped stays told.
      if (event.pointerType !== "touch" && !find("card").matches(":hover")) this.pick(-1);
    });
  }

  arm(on) {
    this.armed = on;
    find("lasso").setAttribute("aria-pressed", String(on));
    this.box.classList.toggle("drawing", on);
  }

  closeLasso() {
    const line = this.lasso.map(([x, y]) => fromScreen(this.view, x, y));
    this.lasso = null;
    this.arm(false);
    const { places, count } = this.map;
    this.map.drawn = line.length < 3 ? null : Uint8Array.from({ length: count }, (_, point) =>
      (isInside(line, places[2 * point], places[2 * point + 1]) ? 1 : 0));
    this.filter();
  }

  onKey(event) {
    const step = 60;
    const act = {
      ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0),
      ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      "+": () => this.zoom(1.5), "=": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5),
      0: () => { this.goHome(); this.moved(); },
      Enter: () => this.pickMiddle(), Escape: () => { this.pick(-1); this.arm(false); this.clear(); },
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
    event.preventDefault();
    act();
  }

  // The point nearest to the middle, for those without a pointer.
  pickMiddle() {
    const { view } = this;
    this.pick(this.picker.nearest(view.x, view.y, 1, (point) => this.chosen[point]));
  }

  onAddress() {
    if (!location.hash.includes("=")) return;
    Object.assign(this.state, readAddress(location.hash));
    this.state.by ||= "topic";
    this.goHome();
    if (this.state.at) [this.view.x, this.view.y, this.view.k] = this.state.at;
    for (const [id, name] of [...CONTROLS, ["colour-by", "by"]]) find(id).value = this.state[name];
    this.recolour();
  }

  addTexts(texts) {
    this.map.texts = texts;
    if (this.state.q || this.chosen.indexOf(0) >= 0) this.filter();
  }
}

const CONTROLS = [["words", "q"], ["by-outlet", "outlet"], ["since", "since"], ["until", "until"]];

async function start() {
  const meta = find("meta").dataset.src ? await unpackJson("meta") : JSON.parse(find("meta").textContent);
  const [columns, articles] = await Promise.all([unpack("block-points"), unpackJson("block-articles")]);
  const map = { ...meta, ...readColumns(columns, meta.columns, meta.count), articles, texts: null };
  map.places = new Float32Array(2 * map.count);
  for (let point = 0; point < map.count; point++) {
    map.places[2 * point] = map.x[point] / 65535;
    map.places[2 * point + 1] = map.y[point] / 65535;
  }
  const view = new MapView(map);
  view.draw();
  document.documentElement.dataset.ready = "map";
  performance.mark("map-ready");
  window.topicwireMap = view;
  if (document.readyState === "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done));
  view.addTexts(readTexts(await unpack("block-texts"), meta.texts));
  document.documentElement.dataset.ready = "texts";
  performance.mark("texts-ready");
}

if (find("map")) {
  start().catch((error) => {
    find("status").textContent = "The map cannot be shown; load the page again.";
    throw error;
  });
}
