// The map of a page: reads its blocks, draws them, and answers pointer, keys and filters.

import { fromScreen, openPainter, pointSize, readColour, toScreen } from "./draw.js";
import { NamePainter } from "./names.js";
import { Picker } from "./pick.js";
import { listenToPointers, onKey } from "./point.js";
import { readColumns, readTexts, unpack, unpackJson } from "./read.js";
import { categorise, choose, readAddress, writeAddress } from "./state.js";
import { find, listFound, make, number, showCard, tellLegend } from "./tell.js";

// Of fewer points as few as can be are hidden behind names.
const FEW = 1000;
// How far a drawn sheet is zoomed before it is drawn anew, and how long a map is at rest by then.
const GROWN = 1.5;
const REST = 120;

class MapView {
  constructor(map) {
    this.map = map;
    this.box = find("map");
    this.sheet = find("sheet");
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
    view.margin = [(this.sheet.clientWidth - view.width) / 2, (this.sheet.clientHeight - view.height) / 2];
    for (const id of ["points", "names"]) {
      find(id).width = Math.round(this.sheet.clientWidth * view.ratio);
      find(id).height = Math.round(this.sheet.clientHeight * view.ratio);
    }
    // Where the points were drawn, null where they must be drawn anew.
    this.drawn = null;
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

  // What is drawn is moved along with the map, which costs little, and drawn anew at rest, or
  // where it no longer covers the map.
  moved() {
    const { view, drawn } = this;
    view.scale = view.whole * view.k;
    const grown = view.scale / drawn?.scale;
    const [x, y] = [(drawn?.x - view.x) * view.scale, (drawn?.y - view.y) * view.scale];
    const covers = (off, length, margin) => Math.abs(off) <= grown * (length / 2 + margin) - length / 2;
    clearTimeout(this.resting);
    if (grown < GROWN && covers(x, view.width, view.margin[0]) && covers(y, view.height, view.margin[1])) {
      this.sheet.style.transform = `translate(${x}px, ${y}px) scale(${grown})`;
      this.resting = setTimeout(() => this.redraw(), REST);
    } else {
      this.redraw();
    }
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
    tellLegend(this, names);
    this.filter();
  }

  filter() {
    const { map, palette } = this;
    this.chosen = choose(map, this.state, this.category);
    const bytes = palette.map(readColour);
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
    listFound(this, all ? 0 : count);
    this.drawn = null;
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
    const { drawn } = this;
    if (drawn?.x !== view.x || drawn.y !== view.y || drawn.scale !== view.scale) this.painter.draw(view, ink.ground);
    this.names.draw(view, this.map.named, ink, this.map.count < FEW ? (box) => this.countIn(box) : undefined);
    this.sheet.style.transform = "none";
    if (this.lasso) this.names.drawLasso(this.lasso, ink.ink);
    if (this.picked >= 0) {
      const [x, y] = this.screen(this.picked);
      this.names.drawRing(x, y, pointSize(view, this.map.count) / 2 + 4, ink.ink);
    }
    this.drawn = { x: view.x, y: view.y, scale: view.scale };
  }

  countIn({ left, top, width, height }) {
    let count = 0;
    for (let point = 0; point < this.map.count; point++) {
      const [x, y] = this.screen(point);
      if (x > left && x < left + width && y > top && y < top + height) count++;
    }
    return count;
  }

  screen(point) {
    return toScreen(this.view, this.map.places[2 * point], this.map.places[2 * point + 1]);
  }

  // ---- what it says

  pick(point) {
    if (point === this.picked) return;
    this.picked = point;
    showCard(this, point);
    this.redraw();
  }

  pickAt(x, y) {
    const reach = Math.max(10, pointSize(this.view, this.map.count)) / this.view.scale;
    this.pick(this.picker.nearest(...fromScreen(this.view, x, y), reach, (point) => this.chosen[point]));
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
    listenToPointers(this);
    box.addEventListener("keydown", (event) => onKey(this, event));
    addEventListener("hashchange", () => this.onAddress());
    new ResizeObserver(() => { this.resize(); this.draw(); }).observe(box);
    for (const media of [this.dark, this.print]) media.addEventListener("change", () => { this.recolour(); this.draw(); });
  }

  arm(on) {
    this.armed = on;
    find("lasso").setAttribute("aria-pressed", String(on));
    this.box.classList.toggle("drawing", on);
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
