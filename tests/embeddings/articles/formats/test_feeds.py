"""RSS, Atom and JSON Feed; the feeds are invented."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats.registry import find_format
from embeddings.articles.parsing.decoding import MOST_ARTICLE
from embeddings.articles.parsing.results import ReadFile, ReadOptions

VOTE = "Councillors in Hartwell voted to close the old ferry terminal."
MORE = "Nobody spoke for the ferry, though three hundred had signed."
ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Harbour &amp;amp; Post</title>
<entry><id>tag:h.example,2024:7</id><title>Ferry</title><updated>2024-03-06T08:00:00Z</updated>
<published>2024-03-05T22:10:00+01:00</published><summary>In short.</summary>
<link rel="alternate" href="https://h.example/f"/>
<content type="html">&lt;p&gt;{VOTE}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;</content></entry></feed>
"""
RDF = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour Post</title></channel>
<item><title>Ferry</title><link>https://h.example/f</link><description>{VOTE}</description>
<dc:date>2024-03-05</dc:date></item></rdf:RDF>
"""


def rss(*items: str, title: str = "Harbour Post") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{title}</title>{''.join(f'<item>{one}</item>' for one in items)}</channel></rss>"
    )


def read(folder: Path, content: str | bytes, name: str = "feed.xml") -> ReadFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,) = read_paths([path], ReadOptions(), {})
    return found


def problems(file: ReadFile) -> list[str]:
    return [each.message for each in file.problems]


def test_entry_without_a_date_has_that_of_its_own_date_line(tmp_path):
    undated = re.sub(r"<(published|updated)>.*?</\1>", "", ATOM)
    (entry,) = read(tmp_path, undated).documents
    assert entry.published == ""
    (entry,) = read(tmp_path, undated.replace(VOTE, f"5 March 2024&lt;p&gt;{VOTE}")).documents
    assert entry.published == "2024-03-05"


def test_atom_gives_its_content_and_the_date_of_publication(tmp_path):
    (entry,) = read(tmp_path, ATOM).documents
    assert entry.text == f"{VOTE}\n\n{MORE}"
    assert (entry.id, entry.url) == ("tag:h.example,2024:7", "https://h.example/f")
    assert (entry.title, entry.source) == ("Ferry", "Harbour & Post")
    assert entry.published == "2024-03-05T21:10"


def test_rss_1_is_read_as_rdf(tmp_path):
    (entry,) = read(tmp_path, RDF, "a.rdf").documents
    assert (entry.text, entry.published, entry.source) == (VOTE, "2024-03-05", "Harbour Post")


def test_whole_articles_go_before_descriptions_and_the_run_says_which_were_read(tmp_path):
    whole = f"<description>Short.</description><content:encoded><![CDATA[<p>{VOTE}</p>]]>"
    file = read(tmp_path, rss(f"{whole}</content:encoded>", "<description>Short.</description>"))
    assert [each.text for each in file.documents] == [VOTE, "Short."]
    assert file.notes == ("a feed: text of 1 from their content, of 1 from their description",)


def test_an_entry_taken_from_elsewhere_is_of_its_own_outlet(tmp_path):
    item = f'<description>{VOTE}</description><source url="https://r.example">Republic</source>'
    assert read(tmp_path, rss(item)).documents[0].source == "Republic"


def test_scripts_of_an_entry_are_no_text(tmp_path):
    item = f"<description>&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;{VOTE}&lt;/p&gt;</description>"
    assert read(tmp_path, rss(item)).documents[0].text == VOTE


def test_entries_without_text_are_named(tmp_path):
    file = read(tmp_path, rss("<title>Ferry</title>", f"<description>{VOTE}</description>"))
    assert [each.id.rpartition("#")[2] for each in file.documents] == ["2"]
    assert problems(file) == ["an entry without text; left out"]


def test_a_feed_cut_off_is_read_as_far_as_it_goes(tmp_path):
    whole = rss(f"<description>{VOTE}</description>", f"<description>{MORE}</description>")
    file = read(tmp_path, whole[: whole.index(MORE) + 20])
    assert file.documents[0].text == VOTE
    assert problems(file)[0].startswith("the feed is not well-formed (")


@pytest.mark.parametrize("content", ["<!DOCTYPE html><p>Not found</p>", "<HTML><body>x"])
def test_a_web_page_named_as_a_feed_is_one_sentence(tmp_path, content):
    file = read(tmp_path, content)
    assert problems(file) == [
        "a web page where a feed should be, as servers answer with an error; left out"
    ]


def test_an_empty_feed_is_said(tmp_path):
    assert problems(read(tmp_path, rss())) == ["no rows in it"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1251"])
def test_a_feed_is_read_in_the_encoding_that_it_declares(tmp_path, encoding):
    text = "Совет решил закрыть паром." if encoding == "windows-1251" else "Café à Évreux."
    feed = rss(f"<description>{text}</description>").replace(
        'version="1.0"', f'version="1.0" encoding="{encoding}"', 1
    )
    file = read(tmp_path, feed.encode(encoding))
    assert [each.text for each in file.documents] == [text]
    assert problems(file) == []


def test_no_file_is_opened_that_a_feed_names(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    entity = f'<!DOCTYPE rss [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    feed = rss(f"<description>{VOTE} &e;</description>").replace("?>", f"?>{entity}", 1)
    assert "secret" not in str(read(tmp_path, feed).documents)


def test_other_xml_is_no_feed(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<?xml version='1.0'?><urlset><url/></urlset>", encoding="utf-8")
    assert find_format(path) is None


def test_a_feed_above_the_size_of_an_article_is_read_and_an_entry_above_it_left_out(tmp_path):
    long = f"<description>{VOTE * (1 + MOST_ARTICLE // len(VOTE))}</description>"
    file = read(tmp_path, rss(long, f"<description>{VOTE}</description>"))
    assert [each.text for each in file.documents] == [VOTE]
    assert [each.message for each in file.problems] == ["an article of more than 20 MB; left out"]


def test_a_feed_larger_than_memory_should_take_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("embeddings.articles.formats.xml_text.MOST_XML", 100)
    file = read(tmp_path, rss(f"<description>{VOTE}</description>"))
    assert [each.message for each in file.problems] == ["an XML file of more than 0 MB; left out"]


def test_json_feed_takes_its_outlet_from_its_title(tmp_path):
    item = {"id": "7", "url": "https://h.example/f", "title": "Ferry"}
    item |= {"content_html": f"<p>{VOTE}</p>", "date_published": "2024-03-05T22:10:00+01:00"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Post", "items": [item]}
    file = read(tmp_path, json.dumps(feed, indent=1), "feed.json")
    (entry,) = file.documents
    assert (entry.text, entry.source, entry.id) == (VOTE, "Harbour Post", "7")
    assert entry.published == "2024-03-05T21:10"
    assert file.notes == (
        "text from content_html, outlet from feed.title, date from date_published",
    )


@pytest.mark.parametrize("number", ["1114112", "x110000", "xD800", "9" * 5000])
def test_a_character_that_there_is_not_is_shown_as_such_and_the_feed_is_read(tmp_path, number):
    items = [
        f"<title>A&#{number};</title><description>{text}</description>" for text in (VOTE, MORE)
    ]
    file = read(tmp_path, rss(*items, "<title>&#233;</title><description>Caf&#xe9;.</description>"))
    assert [document.text for document in file.documents] == [VOTE, MORE, "Caf\xe9."]
    assert [document.title for document in file.documents] == ["A\ufffd", "A\ufffd", "\xe9"]
    assert problems(file) == [
        "2 characters are given by a number that stands for none; shown as \ufffd"
    ]
