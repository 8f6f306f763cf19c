// The names of topics on the map: large for the broad ones, small for their parts.

import { openSheet, toScreen } from "./draw.js";

const GAP = 4;
// Parts are named from this zoom on, where there are many points.
const PARTS_FROM = 1.8;
// Where a name may stand, in its own halves from its topic, the dearest first.
const PLACES = [[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0], [0, -3], [0, 3], [1, -2], [-1, -2], [1, 2], [-1, 2]];

// Up to three lines of about equal length.
export function wrapName(name) {
  const lines = name.length <= 18 ? 1 : name.length <= 40 ? 2 : 3;
  const width = Math.max(10, Math.ceil(name.length / lines) + 3);
  const found = [];
  for (const word of name.split(" ")) {
    const last = found.length - 1;
    if (last >= 0 && (found[last] + " " + word).length <= width) found[last] += ` ${word}`;
    else found.push(word);
  }
  return found.length > 3 ? [...found.slice(0, 2), `${found[2]} …`] : found;
}

// Places each name on its topic, or above, below, left or right of it; the largest first. Of the
// places with room the one is taken that hides the fewest points: `hides` counts them in a box,
// where they are few. A name that has no room without meeting another is left out until the map is
// larger.
export function placeNames(topics, view, measure, hides = () => 0) {
  const placed = [];
  for (const topic of topics) {
    if (topic.part && view.k < PARTS_FROM) continue;
    const [x, y] = toScreen(view, topic.x, topic.y);
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    topic.lines ??= wrapName(topic.name);
    const size = topic.part ? 12 : view.width < 600 ? 13 : 15;
    const width = Math.max(...topic.lines.map((line) => measure(line, size)));
    const height = 1.2 * size * topic.lines.length;
    const [side, above] = [width / 2 + 8, height / 2 + 8];
    let best = null;
    for (const [across, down] of PLACES) {
      // A name at the rim is moved inside.
      const left = Math.min(Math.max(x + across * side - width / 2, GAP), view.width - width - GAP);
      const box = { left, top: y + down * above - height / 2, width, height };
      if (!isFree(box, placed, view)) continue;
      const hidden = hides(box);
      if (!best || hidden < best.hidden) best = { ...box, topic, size, hidden };
      if (!hidden) break;
    }
    if (best) placed.push(best);
  }
  return placed;
}

function isFree(box, placed, view) {
  const inside = box.left >= GAP && box.top >= GAP
    && box.left + box.width <= view.width - GAP && box.top + box.height <= view.height - GAP;
  return inside && placed.every((other) =>
    box.left > other.left + other.width + GAP || other.left > box.left + box.width + GAP
    || box.top > other.top + other.height + GAP || other.top > box.top + box.height + GAP);
}

export class NamePainter {
  constructor(canvas) {
    this.context = canvas.getContext("2d");
    this.widths = new Map();
  }

  draw(view, topics, { ink, ground }, hides) {
    const { context } = this;
    openSheet(context, view);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = ground;
    context.fillStyle = ink;
    const placed = placeNames(topics, view, (line, size) => this.measure(line, size), hides);
    for (const { left, top, width, topic, size } of placed) {
      this.setFont(size);
      topic.lines.forEach((line, row) => {
        const y = top + 1.2 * size * (row + 0.5);
        context.strokeText(line, left + width / 2, y);
        context.fillText(line, left + width / 2, y);
      });
    }
    return placed;
  }

  drawLasso(points, colour) {
    const { context } = this;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.closePath();
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.stroke();
  }

  drawRing(x, y, radius, colour) {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.lineWidth = 2.5;
    context.strokeStyle = colour;
    context.stroke();
  }

  setFont(size) {
    this.context.font = `600 ${size}px system-ui, sans-serif`;
  }

  measure(line, size) {
    const key = `${size} ${line}`;
    if (!this.widths.has(key)) {
      this.setFont(size);
      this.widths.set(key, this.context.measureText(line).width);
    }
    return this.widths.get(key);
  }
}
