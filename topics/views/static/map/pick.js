// Which point is under the pointer, and which lie inside a line drawn around them.

const CELLS = 128;

export class Picker {
  // Points sorted by the cells of a grid, so that a pointer asks its own few.
  constructor(places) {
    this.places = places;
    const count = places.length / 2;
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(CELLS * CELLS + 1);
    for (let point = 0; point < count; point++) {
      cells[point] = cellOf(places[2 * point + 1]) * CELLS + cellOf(places[2 * point]);
      this.starts[cells[point] + 1]++;
    }
    for (let cell = 0; cell < CELLS * CELLS; cell++) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    this.sorted = new Uint32Array(count);
    for (let point = 0; point < count; point++) this.sorted[next[cells[point]]++] = point;
  }

  // The lit point nearest to a place, -1 where none is within the reach.
  nearest(x, y, reach, isLit) {
    let best = -1;
    let least = reach * reach;
    for (let row = cellOf(y - reach); row <= cellOf(y + reach); row++) {
      const from = this.starts[row * CELLS + cellOf(x - reach)];
      const to = this.starts[row * CELLS + cellOf(x + reach) + 1];
      for (let place = from; place < to; place++) {
        const point = this.sorted[place];
        const dx = this.places[2 * point] - x;
        const dy = this.places[2 * point + 1] - y;
        const distance = dx * dx + dy * dy;
        if (distance < least && isLit(point)) [best, least] = [point, distance];
      }
    }
    return best;
  }
}

function cellOf(value) {
  return Math.min(Math.max(Math.floor(value * CELLS), 0), CELLS - 1);
}

// Whether a place lies inside a closed line of [x, y]: by how often a ray crosses it.
export function isInside(line, x, y) {
  let inside = false;
  for (let a = 0, b = line.length - 1; a < line.length; b = a++) {
    const [ax, ay] = line[a];
    const [bx, by] = line[b];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
