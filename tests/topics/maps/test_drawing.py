from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import InputError
from topics.maps.colouring import Dates, Groups
from topics.maps.drawing import Look, check_path, draw
from topics.maps.lettering import MOST_NAMES
from topics.maps.palette import DARK, LIGHT


def scatter(n: int = 60, topics: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    labels = np.arange(n) % topics
    points = random.uniform(-1, 1, size=(topics, 2))[labels] + 0.1 * random.normal(size=(n, 2))
    return points.astype(np.float32), labels


NAMES = {0: "Talks in Geneva", 1: "Arms deliveries", 2: "Battle for the road"}


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_points_in_any_order_give_the_same_bytes(tmp_path, suffix):
    points, labels = scatter()
    shuffled = np.random.default_rng(9).permutation(len(points))
    first = draw(points, labels, NAMES, tmp_path / f"a{suffix}", title="News")
    again = draw(points[shuffled], labels[shuffled], NAMES, tmp_path / f"b{suffix}", title="News")
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.named == (0, 1, 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a{suffix}", f"b{suffix}"]


def test_a_png_is_as_large_as_it_says(tmp_path):
    picture = draw(*scatter(), NAMES, tmp_path / "map.png", title="News")
    header = picture.path.read_bytes()[:24]
    size = int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
    assert size == (picture.width, picture.height) == (2000, 1500)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_a_few_points_make_a_picture(tmp_path, n):
    points, labels = scatter(n)
    picture = draw(points, labels, NAMES, tmp_path / "map.svg", title="News")
    assert picture.named == tuple(range(min(n, 3)))


def svg_texts(path: Path) -> list[str]:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314, our own file
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_name_is_printed_as_it_stands(tmp_path):
    """Names come from articles: no mathematics, no markup, no control characters."""
    names = {0: "$x_1^2$ {a}", 1: "<b>&amp;\x00\x1b</b>", 2: "الأسلحة"}
    picture = draw(*scatter(), names, tmp_path / "map.svg", title="$\\frac{1}$ <i>")
    texts = svg_texts(picture.path)
    assert "$\\frac{1}$ <i>" in texts
    # Each name stands on its light outline, itself a text.
    for name in ("$x_1^2$ {a}", "<b>&amp; </b>", "الأسلحة"):
        assert texts.count(name) == 2


def test_names_in_svg_are_text_and_nothing_is_fetched(tmp_path):
    path = draw(*scatter(), NAMES, tmp_path / "map.svg", title="News", caption="60 passages").path
    assert {"News", "60 passages", "Arms deliveries"} <= set(svg_texts(path))
    links = re.findall(r'(?:href|src|url)\s*[=(]\s*"?([^")\s]+)', path.read_text(encoding="utf-8"))
    assert all(link.startswith(("#", "data:")) for link in links)


def test_many_points_do_not_swell_a_vector_file(tmp_path):
    points, labels = scatter(6000)
    picture = draw(points, labels, NAMES, tmp_path / "map.svg", title="News")
    assert picture.path.stat().st_size < 1_000_000


def test_names_left_out_are_counted_on_the_page(tmp_path):
    points, labels = scatter(300, 50)
    names = {t: f"Topic number {t}" for t in range(49)}
    picture = draw(points, labels, names, tmp_path / "map.svg", title="News")
    assert len(picture.named) <= MOST_NAMES
    assert sorted(picture.named + picture.unnamed) == list(range(50))
    assert 49 in picture.unnamed
    assert f"{len(picture.unnamed)} smaller topics not named" in svg_texts(picture.path)


def test_characters_without_a_glyph_are_reported(tmp_path):
    names = {**NAMES, 1: "Talks \U00013000"}  # an Egyptian hieroglyph
    picture = draw(*scatter(), names, tmp_path / "map.png", title="News")
    assert picture.missing_characters == "\U00013000"


def test_a_long_name_is_cut_and_reported(tmp_path):
    names = {**NAMES, 2: "the very long story of a road and of all who fought over it " * 3}
    picture = draw(*scatter(), names, tmp_path / "map.svg", title="News")
    assert picture.shortened == (2,)
    assert any(text.endswith("…") for text in svg_texts(picture.path))


def test_points_without_a_topic_are_drawn_but_not_counted_as_one(tmp_path):
    points, labels = scatter()
    picture = draw(points, np.where(labels == 2, -1, labels), NAMES, tmp_path / "m.svg", title="N")
    assert picture.named + picture.unnamed == (0, 1)
    assert LIGHT.none in picture.path.read_text(encoding="utf-8")


def test_larger_groups_and_weaker_fits_change_the_picture(tmp_path):
    points, labels = scatter()
    plain = draw(points, labels, NAMES, tmp_path / "a.png", title="N").path.read_bytes()
    sizes, fits = np.arange(60) + 1, np.linspace(0, 1, 60)
    large = draw(points, labels, NAMES, tmp_path / "b.png", title="N", sizes=sizes)
    faint = draw(points, labels, NAMES, tmp_path / "c.png", title="N", strengths=fits)
    assert len({plain, large.path.read_bytes(), faint.path.read_bytes()}) == 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("map.gif", r"'map.gif': give a name that ends in .png, .svg or .pdf"),
        ("map", r"'map': give a name that ends in"),
        ("none/map.png", r"does not exist; make it with: mkdir -p"),
        ("folder.png", r"is a folder; give the name of a file"),
    ],
)
def test_a_path_that_cannot_be_written_gets_a_sentence(tmp_path, path, message):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match=message):
        check_path(tmp_path / path)
    with pytest.raises(InputError, match=message):
        draw(*scatter(), NAMES, tmp_path / path, title="News")


def test_a_full_disk_leaves_the_old_picture(tmp_path, monkeypatch):
    path = draw(*scatter(), NAMES, tmp_path / "map.svg", title="News").path
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        draw(*scatter(), NAMES, path, title="Other")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_to_draw_says_what_to_type(tmp_path):
    with pytest.raises(InputError, match="topicwire cluster PATH"):
        draw(np.zeros((0, 2)), np.zeros(0, int), {}, tmp_path / "map.png", title="News")


@pytest.mark.parametrize("bad", [np.zeros((3, 3)), np.full((3, 2), np.nan), np.zeros((4, 2))])
def test_arrays_that_do_not_fit_are_refused(tmp_path, bad):
    with pytest.raises(ValueError, match=r"given|labels"):
        draw(bad, np.zeros(3, int), {}, tmp_path / "map.png", title="News")


def test_the_next_finer_topics_are_named_in_smaller_type(tmp_path):
    points, labels = scatter(300)
    finer = np.where(labels == 0, 10 + (points[:, 0] > points[labels == 0, 0].mean()), -1)
    names = {**NAMES, 10: "First round", 11: "Second round"}
    picture = draw(points, labels, names, tmp_path / "m.svg", title="N", finer=finer)
    assert (picture.named, set(picture.parts)) == ((0, 1, 2), {10, 11})
    sizes = re.findall(r"font-size: ([\d.]+)px[^>]*>([^<]+)</text>", picture.path.read_text())
    size = {text: float(size) for size, text in sizes}
    assert size["First round"] == size["Second round"] < size["Talks in Geneva"]


def test_a_dark_map_has_nothing_white_and_the_colours_of_its_ground(tmp_path):
    path = draw(*scatter(), NAMES, tmp_path / "m.svg", title="N", look=Look(dark=True)).path
    text = path.read_text(encoding="utf-8")
    assert DARK.ground in text
    assert all(colour in text for colour in DARK.groups[:3])
    assert "#ffffff" not in text


def test_a_narrow_page_is_as_wide_as_asked_and_keeps_its_lines_whole(tmp_path):
    words = {"subtitle": "A point is a passage. " * 4, "caption": "Source: seven outlets. " * 4}
    look = Look(width=1000)
    picture = draw(*scatter(), NAMES, tmp_path / "m.svg", title="News", **words, look=look)
    # Higher than its shape, since the lines around the map take room that it keeps.
    assert picture.width == 1000
    assert picture.height > 750
    told = " ".join(svg_texts(picture.path))
    assert all(line.strip() in told for line in words.values())
    for width in (999, 8001):
        with pytest.raises(InputError, match="such as --width 2000"):
            draw(*scatter(), NAMES, tmp_path / "m.svg", title="News", look=Look(width=width))


def test_a_font_by_name_and_one_that_is_not_installed(tmp_path):
    look = Look(font="dejavu serif")
    path = draw(*scatter(), NAMES, tmp_path / "m.svg", title="News", look=look).path
    assert "DejaVu Serif" in path.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="DejaVu Serif"):
        draw(*scatter(), NAMES, tmp_path / "m.svg", title="News", look=Look(font="DejaVu Serifa"))


def test_colours_of_outlets_have_a_legend_that_nothing_in_their_names_steers(tmp_path):
    points, labels = scatter()
    of = np.arange(60) % 12 - 1
    names = dict.fromkeys(range(11), "Post") | {0: "<b>\x00\u202eevil</b>"}
    groups = Groups(of, np.ones(60), names, "other outlets", "no outlet known")
    picture = draw(points, labels, NAMES, tmp_path / "m.svg", title="News", colouring=groups)
    texts = svg_texts(picture.path)
    assert {"<b> evil</b>", "1 other outlets", "no outlet known"} <= set(texts)
    assert texts.count("Post") == 9


def test_colours_of_dates_have_a_ramp(tmp_path):
    dates = Dates(np.linspace(0, 1, 60), "5 May 2013", "1 June 2020")
    points, labels = scatter()
    picture = draw(points, labels, NAMES, tmp_path / "m.svg", title="News", colouring=dates)
    assert {"5 May 2013", "1 June 2020"} <= set(svg_texts(picture.path))
