// Pointers and keys on the map.

import { fromScreen } from "./draw.js";
import { isInside } from "./pick.js";
import { find } from "./tell.js";

// One pointer moves the map or draws, two pinch it.
export function listenToPointers(page) {
  const { box } = page;
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
    if (page.armed || event.shiftKey) page.lasso = [place(event)];
  });
  box.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = held.get(event.pointerId);
    if (!before) {
      if (!event.target.closest("#card")) page.pickAt(...now);
      return;
    }
    if (held.size === 2) {
      const apart = spread();
      held.set(event.pointerId, now);
      const [a, b] = [...held.values()];
      page.zoom(spread() / (apart || 1), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      return;
    }
    held.set(event.pointerId, now);
    if (page.lasso) {
      page.lasso.push(now);
      page.redraw();
    } else if (now[0] !== before[0] || now[1] !== before[1]) {
      page.pick(-1);
      page.pan(now[0] - before[0], now[1] - before[1]);
    }
  });
  const release = (event) => {
    if (!held.delete(event.pointerId)) return;
    if (page.lasso) closeLasso(page);
    else page.pickAt(...place(event));
  };
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  box.addEventListener("pointerleave", (event) => {
    // A finger leaves when it is lifted: what it tapped stays told.
    if (event.pointerType !== "touch" && !find("card").matches(":hover")) page.pick(-1);
  });
}

function closeLasso(page) {
  const line = page.lasso.map(([x, y]) => fromScreen(page.view, x, y));
  page.lasso = null;
  page.arm(false);
  const { places, count } = page.map;
  page.map.drawn = line.length < 3 ? null : Uint8Array.from({ length: count }, (_, point) =>
    (isInside(line, places[2 * point], places[2 * point + 1]) ? 1 : 0));
  page.filter();
}

export function onKey(page, event) {
  const step = 60;
  const act = {
    ArrowLeft: () => page.pan(step, 0), ArrowRight: () => page.pan(-step, 0),
    ArrowUp: () => page.pan(0, step), ArrowDown: () => page.pan(0, -step),
    "+": () => page.zoom(1.5), "=": () => page.zoom(1.5), "-": () => page.zoom(1 / 1.5),
    0: () => { page.goHome(); page.moved(); },
    Enter: () => page.pickMiddle(), Escape: () => { page.pick(-1); page.arm(false); page.clear(); },
  }[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.target !== page.box) return;
  event.preventDefault();
  act();
}
