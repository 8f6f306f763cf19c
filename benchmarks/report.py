"""How large a report is and how fast it answers, in Chromium with software GL.

    python -m benchmarks.report --db news.db              # the report of a database
    python -m benchmarks.report --db news.db --points 100000  # its passages many times over

Wall clock, which a busy machine stretches, and processor time of the browser. Made-up points lie
beside real ones; their texts are those of the corpus, again and again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import topics.one_file.building as building
from tests.browser import Opened, open_browser
from topics.answers.points import MapPoints

# As far as a drag goes, past what is drawn around the map.
FRAMES = """async (frames) => {
  const view = window.topicwireMap;
  const begin = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    view.pan(frame % 40 < 20 ? 15 : -15, 3 * Math.sin(frame));
    await new Promise((done) => requestAnimationFrame(done));
    const gl = view.painter.gl;
    if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }
  return performance.now() - begin;
}"""


def multiply(points: MapPoints, wanted: int) -> MapPoints:
    """Real passages many times over, moved a little, each text told apart by a number."""
    number = np.random.default_rng(1)
    rows = np.resize(np.arange(len(points.texts)), wanted)
    extent = points.places.max(axis=0) - points.places.min(axis=0)
    moved = points.places[rows] + number.normal(0, 0.01, (wanted, 2)) * extent
    # Told apart by a number; packing looks too little far back to gain from the repetition.
    texts = tuple(f"{points.texts[row]} {place}" for place, row in enumerate(rows.tolist()))
    return replace(
        points,
        places=moved.astype(np.float32),
        nodes=np.arange(wanted),
        topics=points.topics[rows],
        article_of=points.article_of[rows],
        texts=texts,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    real = building.gather_points
    if given.points:
        building.gather_points = lambda *a, **b: multiply(real(*a, **b), given.points)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        page = Path(folder) / "report.html"
        begin = time.process_time()
        written = building.report(page, db=given.db)
        print(f"written      {time.process_time() - begin:.1f} s of processor time")
        print(f"passages     {written.passages:,}")
        print(f"file         {written.bytes / 1e6:.2f} MB")
        for _ in range(given.runs):
            measure(browser, page)


def measure(browser: Any, page: Path) -> None:
    begin = spent()
    opened = Opened(browser, page, viewport={"width": 1280, "height": 900})
    loading = spent() - begin
    marks = opened.page.evaluate(
        "performance.getEntriesByType('mark').map((one) => [one.name, one.startTime])"
    )
    begin = spent()
    took = opened.page.evaluate(FRAMES, 40)
    panning = spent() - begin
    times = ", ".join(f"{name} {at / 1000:.2f} s" for name, at in marks)
    print(
        f"{times} ({loading:.2f} s of processor time in all); pan {40_000 / took:.0f} frames a "
        f"second, {1000 * panning / 40:.0f} ms of processor time a frame"
    )
    assert opened.requests == [page.as_uri()]
    opened.context.close()


def spent() -> float:
    """Processor time, in seconds, of the browser that this process started."""
    total, above = 0.0, {os.getpid()}
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(") ")[2].split()
            rows[int(stat.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    while found := {one for one, (parent, _) in rows.items() if parent in above} - above:
        above |= found
    for one in above - {os.getpid()}:
        total += rows[one][1]
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
