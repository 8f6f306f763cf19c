"""NITF, NewsML, TEI and ALTO; the articles are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions

VOTE = "Councillors in Hartwell voted to close the old ferry terminal."
MORE = "Nobody spoke for the ferry, though three hundred had signed."
NITF = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.3/specification/dtd/nitf-3-3.dtd">
<nitf version="-//IPTC//DTD NITF 3.3//EN"><head><title>Page title</title>
<docdata><doc-id id-string="1815718"/><doc.copyright holder="The Harbour Post Company"/></docdata>
<pubdata date.publication="20240305T000000" name="Harbour Post" ex-ref="https://h.example/f"/></head>
<body><body.head><hedline><hl1>Ferry terminal to close</hl1></hedline>
<byline>By A. Reporter</byline></body.head>
<body.content><block class="lead_paragraph"><p>{VOTE}</p></block><block class="full_text">
<p>{VOTE.replace("Hartwell", "<location>Hartwell</location>")}</p>
<media><media-caption><p>A ferry.</p></media-caption></media>
<p>{MORE.replace("Nobody", "&#8212; Nobody &eacute;")}</p></block></body.content></body></nitf>
"""
ITEM = f"""<newsItem guid="urn:newsml:h.example:7" version="1">
<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:HP"><name>Harbour Post</name>
</provider><versionCreated>2024-03-06T08:00:00Z</versionCreated>
<firstCreated>2024-03-05T22:10:00+01:00</firstCreated><title>Slug</title></itemMeta>
<contentMeta><headline>Ferry terminal to close</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>
<p>{VOTE}</p><p>{MORE}</p></body></html></inlineXML></contentSet></newsItem>"""
PICTURE = """<newsItem guid="urn:newsml:h.example:8"><itemMeta><itemClass qcode="ninat:picture"/>
</itemMeta><contentSet><remoteContent href="a.jpg"/></contentSet></newsItem>"""
HEADER = """<teiHeader><fileDesc><titleStmt><title>Harbour Post, no. 12</title></titleStmt>
<publicationStmt><publisher>A library</publisher><date when="2019">2019</date></publicationStmt>
<sourceDesc><bibl><title level="j">Harbour Post</title><date when="1863-07-14">14 July</date></bibl>
</sourceDesc></fileDesc></teiHeader>"""


def message(*items: str) -> str:
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/>'
        f"<itemSet>{''.join(items)}</itemSet></newsMessage>"
    )


def tei(body: str) -> str:
    text = f"<text><front><p>Front</p></front><body>{body}</body></text>"
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{HEADER}{text}</TEI>'


def alto(*blocks: str) -> str:
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Layout><Page><PrintSpace>'
        + "".join(f"<TextBlock>{block}</TextBlock>" for block in blocks)
        + "</PrintSpace></Page></Layout></alto>"
    )


def line(*words: str) -> str:
    parts = (word if word[0] == "<" else f'<String CONTENT="{word}"/>' for word in words)
    return f"<TextLine>{'<SP/>'.join(parts)}</TextLine>"


def read(folder: Path, content: str, name: str = "a.xml") -> ReadFile:
    path = folder / "harbour-courier" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode())
    (found,) = read_paths([path], ReadOptions(), {})
    return found


def problems(file: ReadFile) -> list[str]:
    return [each.message for each in file.problems]


def test_nitf_is_its_body_without_captions_and_what_is_said_twice(tmp_path):
    file = read(tmp_path, NITF)
    (one,) = file.documents
    assert one.text == f"{VOTE}\n\n— Nobody é{MORE.removeprefix('Nobody')}"
    assert (one.title, one.source) == ("Ferry terminal to close", "Harbour Post")
    assert (one.id, one.url) == ("1815718", "https://h.example/f")
    assert one.published == "2024-03-05"
    assert problems(file) == []


def test_newsml_holds_several_items_and_those_without_text_are_named(tmp_path):
    file = read(tmp_path, message(ITEM, PICTURE))
    (one,) = file.documents
    assert one.text == f"{VOTE}\n\n{MORE}"
    assert (one.title, one.source) == ("Ferry terminal to close", "Harbour Post")
    assert (one.id, one.published) == ("urn:newsml:h.example:7", "2024-03-05T21:10")
    assert problems(file) == ["an item without text; left out"]


def test_newsml_1_is_its_longest_text_and_not_the_captions(tmp_path):
    content = "<ContentItem><DataContent>{}</DataContent></ContentItem>"
    caption, text = content.format("<p>A ferry.</p>"), content.format(f"<p>{VOTE}</p><p>{MORE}</p>")
    identity = "<Identification><NewsIdentifier><ProviderId>h.example</ProviderId>"
    identity += "<PublicIdentifier>urn:newsml:h.example:7</PublicIdentifier></NewsIdentifier>"
    (one,) = read(
        tmp_path,
        f"<NewsML><NewsItem>{identity}</Identification><NewsManagement><FirstCreated>"
        "20240305T221000+0100</FirstCreated></NewsManagement><NewsComponent><NewsLines><HeadLine>"
        f"<![CDATA[Ferry]]></HeadLine></NewsLines>{caption}<NewsComponent>{text}</NewsComponent>"
        "</NewsComponent></NewsItem></NewsML>",
    ).documents
    assert (one.text, one.title, one.source) == (f"{VOTE}\n\n{MORE}", "Ferry", "h.example")
    assert (one.id, one.published) == ("urn:newsml:h.example:7", "2024-03-05T21:10")


def test_newsml_may_hold_html_as_data(tmp_path):
    start, end = ITEM.index("<inlineXML"), ITEM.index("</contentSet>")
    data = f"<inlineData>&lt;p&gt;{VOTE}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;</inlineData>"
    (one,) = read(tmp_path, message(ITEM[:start] + data + ITEM[end:])).documents
    assert one.text == f"{VOTE}\n\n{MORE}"


def test_newsml_may_hold_nitf(tmp_path):
    nitf = NITF[NITF.index("<nitf") :].replace("&eacute;", "é")
    start, end = ITEM.index("<html"), ITEM.index("</inlineXML>")
    (one,) = read(tmp_path, ITEM[:start] + nitf + ITEM[end:]).documents
    assert one.text.startswith(VOTE)
    assert "A ferry." not in one.text


def test_tei_of_one_article_has_the_date_and_paper_of_its_source(tmp_path):
    body = (
        f"<p>{VOTE}</p><note>A note.</note><p>It was a <choice><sic>trick</sic><corr>brick</corr>"
    )
    body += "</choice> of ac<lb break='no'/>counts and acci-<lb/>dents.</p>"
    (one,) = read(tmp_path, tei(body), "a.tei").documents
    assert one.text == f"{VOTE}\n\nIt was a brick of accounts and accidents."
    assert (one.title, one.source) == ("Harbour Post, no. 12", "Harbour Post")
    assert one.published == "1863-07-14"


def test_articles_of_an_issue_in_tei_are_articles(tmp_path):
    body = "".join(
        f'<div type="article"><head>{title}</head><p>{text}</p></div>'
        for title, text in (("FERRY", VOTE), ("PETITION", MORE))
    )
    found = read(tmp_path, tei(body)).documents
    assert [(each.title, each.text) for each in found] == [("FERRY", VOTE), ("PETITION", MORE)]
    assert [each.id.rpartition("#")[2] for each in found] == ["1", "2"]


def test_words_that_were_parted_on_a_scanned_page_are_whole(tmp_path):
    told = line(
        "a", '<String CONTENT="ver" SUBS_TYPE="HypPart1" SUBS_CONTENT="verdict"/>', "<HYP/>"
    )
    told += line('<String CONTENT="dict" SUBS_TYPE="HypPart2" SUBS_CONTENT="verdict"/>', "was")
    untold = line("of", "acci", '<HYP CONTENT="-"/>') + line("dental", "death.")
    file = read(tmp_path, alto(line("FERRY", "ACCIDENT"), told, untold))
    (page,) = file.documents
    assert page.text == "FERRY ACCIDENT\n\na verdict\nwas\n\nof accidental\ndeath."
    assert (page.title, page.source) == ("FERRY ACCIDENT", "harbour-courier")
    assert file.notes == ("a scanned page: its articles are not told apart",)


@pytest.mark.parametrize("content", [NITF, message(ITEM), tei(f"<p>{VOTE}</p><p>{MORE}</p>")])
def test_xml_cut_off_is_read_as_far_as_it_goes(tmp_path, content):
    file = read(tmp_path, content[: content.rindex(MORE[20:]) + 5])
    assert VOTE in file.documents[0].text
    assert problems(file)[0].startswith("the XML is broken (line ")


def test_no_file_is_opened_that_the_xml_names_and_nothing_is_multiplied(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    many = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))
    entities = f"<!DOCTYPE TEI [<!ENTITY e SYSTEM '{secret.as_uri()}'><!ENTITY a0 'x'>{many}]>"
    file = read(tmp_path, entities + tei(f"<p>{VOTE} &e; &a8;</p>"))
    assert "secret" not in str(file)
    assert len(str(file)) < 2000


def test_the_number_of_a_page_is_no_title(tmp_path):
    file = read(tmp_path, alto(line("81"), line("of", "accidental", "death.")))
    assert file.documents[0].title == ""


def test_news_without_text_are_one_sentence(tmp_path):
    assert problems(read(tmp_path, "<nitf><body/></nitf>")) == ["no text in it; left out"]


def test_mets_says_where_the_text_is(tmp_path):
    mets = '<mets xmlns="http://www.loc.gov/METS/"><fileSec/></mets>'
    assert problems(read(tmp_path, mets)) == [
        "METS, which lists a scan's pages: name the folder of its ALTO files; left out"
    ]
