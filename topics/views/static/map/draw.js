// Points on a canvas: WebGL2, or the plain canvas where there is none.

const VERTEX = `#version 300 es
in vec2 place; in vec4 colour;
uniform vec2 middle, scale; uniform float size, pass;
out vec4 tint;
void main() {
  bool lit = colour.a > .5;
  gl_Position = lit == (pass > .5) ? vec4((place - middle) * scale, 0., 1.) : vec4(9.);
  gl_PointSize = size;
  tint = vec4(colour.rgb, 1.) * (lit ? .85 : colour.a);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint; uniform float size; out vec4 shown;
void main() {
  vec2 off = gl_PointCoord - .5;
  shown = size > 3. ? tint * clamp((.5 - length(off)) * size + .5, 0., 1.) : tint;
}`;

// Of few points each is large; of many, and from afar, small.
export function pointSize(view, count) {
  const room = Math.sqrt((view.width * view.height) / Math.max(count, 1));
  return Math.min(Math.max(0.4 * room, 1.4) * Math.sqrt(view.k), 11);
}

// Both take `places`, x and y from 0 to 1, and colours of four bytes whose last is 255 for what
// stands out and less for what is only the ground.
export function openPainter(canvas, places) {
  // The buffer is kept so that the page prints; one that hides what is below is put up sooner.
  const gl = canvas.getContext("webgl2", {
    alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true,
  });
  return gl ? new GlPainter(gl, places) : new PlainPainter(canvas, places);
}

class GlPainter {
  constructor(gl, places) {
    this.gl = gl;
    this.count = places.length / 2;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.at = Object.fromEntries(
      ["middle", "scale", "size", "pass"].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
    this.feed(gl.getAttribLocation(program, "place"), gl.createBuffer(), 2, gl.FLOAT, false, places);
    this.paint = gl.createBuffer();
    this.colour = gl.getAttribLocation(program, "colour");
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  feed(place, buffer, parts, type, normal, values) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, parts, type, normal, 0, 0);
  }

  setColours(colours) {
    this.feed(this.colour, this.paint, 4, this.gl.UNSIGNED_BYTE, true, colours);
    this.passes = colours.some((value, place) => place % 4 === 3 && value < 255) ? [0, 1] : [1];
  }

  draw(view, ground) {
    const { gl, at } = this;
    const { width, height } = gl.canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(...readColour(ground).map((part) => part / 255), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(at.middle, view.x, view.y);
    gl.uniform2f(at.scale, (2 * view.scale * view.ratio) / width, (-2 * view.scale * view.ratio) / height);
    gl.uniform1f(at.size, pointSize(view, this.count) * view.ratio);
    for (const pass of this.passes) {
      gl.uniform1f(at.pass, pass);
      gl.drawArrays(gl.POINTS, 0, this.count);
    }
  }
}

class PlainPainter {
  constructor(canvas, places) {
    this.context = canvas.getContext("2d");
    this.places = places;
  }

  // The points of each colour together, the ground first.
  setColours(colours) {
    const words = new Uint32Array(colours.buffer);
    const groups = new Map();
    words.forEach((colour, point) => groups.get(colour)?.push(point) ?? groups.set(colour, [point]));
    this.groups = [...groups].map(([, points]) => [colours.slice(4 * points[0], 4 * points[0] + 4), points]);
    this.groups.sort(([a], [b]) => a[3] - b[3]);
  }

  draw(view) {
    const { context, places } = this;
    const size = pointSize(view, places.length / 2);
    const [left, above] = view.margin;
    openSheet(context, view);
    for (const [[red, green, blue, alpha], points] of this.groups) {
      context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha === 255 ? 0.85 : alpha / 255})`;
      for (const point of points) {
        const [x, y] = toScreen(view, places[2 * point], places[2 * point + 1]);
        if (x > -left - size && y > -above - size && x < view.width + left + size && y < view.height + above + size) {
          context.fillRect(x - size / 2, y - size / 2, size, size);
        }
      }
    }
  }
}

// Clears a plain canvas, and counts from the corner of the map on, around which it has a margin.
export function openSheet(context, { ratio, margin: [left, above] }) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, left * ratio, above * ratio);
}

// Red, green and blue of "#rrggbb", each up to 255.
export function readColour(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

export function toScreen(view, x, y) {
  return [(x - view.x) * view.scale + view.width / 2, (y - view.y) * view.scale + view.height / 2];
}

export function fromScreen(view, x, y) {
  return [(x - view.width / 2) / view.scale + view.x, (y - view.height / 2) / view.scale + view.y];
}
