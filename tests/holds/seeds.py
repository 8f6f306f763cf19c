"""Small inputs of every kind that is read, as they should be or nearly: what is changed."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
from pyarrow import feather, ipc, parquet


def _pack_zip(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _pack_tar(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def _pack_table(write: Callable[[pa.Table, pa.BufferOutputStream], None]) -> bytes:
    rows = {"text": ["The ministers met.", "Talks."], "date": [datetime(2013, 5, 11), None]}
    packed = pa.BufferOutputStream()
    write(pa.table({**rows, "source": [{"name": "post"}] * 2}), packed)
    return bytes(packed.getvalue())


def _write_stream(table: pa.Table, packed: pa.BufferOutputStream) -> None:
    with ipc.new_stream(packed, table.schema) as writer:
        writer.write_table(table)


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_RULE = "_" * 60
_EXPORTS = (
    """Terms: (talks)

                               1 of 2 DOCUMENTS

                                 Post

                             May 11, 2013 Saturday
                                   Final

Talks
BYLINE: A. B.
LENGTH: 9 words
The ministers met.
LOAD-DATE: May 11, 2013
                         Copyright 2013 Post
                               2 of 2 DOCUMENTS
""",
    """Documents (2)
Talks
Post
May 11, 2013
Copyright 2013 Post
Length: 9 words
Body
The ministers met.
Classification
Load-Date: May 11, 2013
End of Document
""",
    """Talks
9 words
11 May 2013
Post
POST
(c) 2013
The ministers met.
Post Ltd
Document POST000020130511e95b00001
HD|Talks|
SN
Post
LP|Met.|
Document POST000020130511e95b00002
""",
    f"""{_RULE}
Document 1 of 2
Talks
Author: A. B.
Abstract: Met.
Full text: The ministers met.
Publication title: Post
Publication date: May 11, 2013
ProQuest document ID: 1
{_RULE}
""",
    """Post
Politique, samedi 11 mai 2013, p. 1
Talks
An Author
The ministers met.
\u00a9 2013 Post.
news\u00b720130511\u00b7PO\u00b71
Ce certificat est \u00e9mis.
""",
)


def _make_record(kind: bytes, body: bytes) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n" + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.y/1\r\n"
        b"WARC-Date: 2024-03-05T21:10:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"Content-Type: application/http; msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(answer), answer)
    )


def _make_pdf() -> bytes:
    drawn = b"BT /F1 18 Tf 50 700 Td (Talks) Tj /F1 9 Tf 0 -30 Td (The ministers met in Ge-) Tj "
    drawn += b"0 -11 Td (neva.) Tj 250 11 Td (A spokesman asked.) Tj ET"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (Talks go on) /CreationDate (D:20240305211000+01'00') >>",
    )
    whole = b"%PDF-1.4\n"
    for number, part in enumerate(parts, start=1):
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    # PDFium finds the parts where the table of their places is missing.
    return whole + b"trailer\n<< /Root 1 0 R /Info 6 0 R /Size 7 >>\n%%EOF\n"


# By the usual ending of each format.
SEEDS: dict[str, tuple[bytes, ...]] = {
    ".txt": (
        b"Talks resume\n\n11 May 2013\n\nThe ministers met in Geneva.\n\nShare this\n",
        "Title\nBy A. Reporter\nLast Modified: 05/11/2013 05:46 GMT+3\n\nCaf\u00e9.\n".encode(
            "utf-16"
        ),
        "Pr\u00e9sident\n\nL\u2019accord \u2013 sign\u00e9.\n".encode("cp1252"),
        *(export.encode() for export in _EXPORTS),
    ),
    ".md": (
        b"---\ntitle: Talks\ndate: 2013-05-11\n---\n# Talks\n\n> *Quoted* [a](http://x.y)\n\n- a\n",
        b"# A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n&#27;[31m <b>bold</b>\n",
    ),
    ".html": (
        b'<!doctype html><html><head><meta charset="utf-8"><title>T</title>'
        b'<meta property="article:published_time" content="2013-05-11T05:46:00+03:00">'
        b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "T"}</script>'
        b"</head><body><h1>T</h1><p>"
        + b"The ministers met in Geneva. " * 9
        + b"</p></body></html>",
        b"<html><meta charset=windows-1251><body><table><tr><td><p>"
        + b"\xcf\xf0 " * 60
        + b"</table>",
    ),
    ".jsonl": (
        b'{"text": "The ministers met.", "title": "T", "date": "2013-05-11", "id": "a"}\n'
        b'{"body": "Talks went on.", "source": "post", "url": "http://x.y/1"}\n',
        b'{"text": "\\ud83d\\u0000", "date": 1368230400, "title": null}\n[1, 2]\n{"text": {}}\n',
    ),
    ".csv": (
        b'text,title,date,source\n"The ministers, they met.",T,11 May 2013,post\n"a\nb",,,\n',
        b"id\ttext\n1\tTalks went on.\n2\t\n",
        b"text;title\n=1+1;T\n",
    ),
    ".shtml": (
        b"<!-- saved from url=(0012)http://x.y/ -->\n<html><body><p>Talks.</p></body></html>",
    ),
    ".mhtml": (
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://x.y/1\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\n'
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n"
        b"Content-Location: https://x.y/1\n\n<html><body><h1>T</h1><p>The ministers met=2E</p>\n"
        b"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n--b--\n",
        b"<html><body><p>The ministers met in Geneva.</p></body></html>",
    ),
    ".eml": (
        b"From: =?utf-8?q?Post=C3=A9?= <a@b>\nSubject: T\nDate: Tue, 5 Mar 2024 21:10:00 +0100\n"
        b"Message-ID: <1@b>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+VGhlIG1pbmlzdGVycyBtZXQuPC9wPg==\n--b\nContent-Type: text/plain\n\nTalks.\n--b\n"
        b"Content-Type: message/rfc822\n\nSubject: U\n\nOther.\n--b--\n",
        b"Subject: T\n\nThe ministers met.\n\n> quoted\n\n-- \nPost\n",
    ),
    ".mbox": (
        b"From a@b Tue Mar  5 21:10:00 2024\nSubject: T\n\nThe ministers met.\n\n>From here.\n\n"
        b"From a@b Tue Mar  5 21:10:00 2024\nSubject: U\nContent-Type: text/html\n\n<p>Talks.\n",
    ),
    ".pdf": (_make_pdf(),),
    ".warc": (
        _make_record(b"text/html", b"<html><body><h1>T</h1><p>The ministers met.</p></body></html>")
        + _make_record(b"image/png", b"\x89PNG")
        + _make_record(b"text/html; charset=utf-16", "<p>Talks.</p>".encode("utf-16")),
    ),
    ".zip": (
        _pack_zip(("post/a.txt", b"Talks\n\nThe ministers met.\n"), ("b.csv", b"text\nTalks.\n")),
        _pack_zip(("a.html", b"<html><p>Talks.</p></html>"), ("c", b""), ("d.zip", b"PK")),
    ),
    ".tar": (
        _pack_tar(("post/a.txt", b"Talks\n\nThe ministers met.\n"), ("b.csv", b"text\nTalks.\n")),
    ),
    ".docx": (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b'<w:body><w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>Talks</w:t></w:r></w:p>'
        b"<w:p><w:r><w:t>The ministers</w:t><w:tab/><w:t>met.</w:t></w:r></w:p>"
        b"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        b"</w:body></w:document>",
    ),
    ".odt": (
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        b'<text:h text:outline-level="1">Talks</text:h><text:p>The ministers<text:s/>met.</text:p>'
        b"</office:text></office:body></office:document-content>",
    ),
    ".rtf": (
        b"{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0 Arial;}}{\\info{\\title Talks}}"
        b"\\pard The ministers \\'e9\\u1055?\\par met in {\\b Geneva}.\\par{\\*\\x y}\\bin3 abc}",
    ),
    ".parquet": (_pack_table(parquet.write_table),),
    ".arrow": (_pack_table(feather.write_feather), _pack_table(_write_stream)),
    ".xlsx": (
        _pack_zip(
            (
                "xl/workbook.xml",
                f"<workbook xmlns='{_SHEETS}' xmlns:r='{_LINKS}'><sheets><sheet name='News' "
                "sheetId='1' r:id='a'/></sheets></workbook>".encode(),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
                b"relationships'><Relationship Id='a' Type='"
                + _LINKS.encode()
                + b"/worksheet' Target='worksheets/a.xml'/></Relationships>",
            ),
            (
                "xl/worksheets/a.xml",
                f"<worksheet xmlns='{_SHEETS}'><sheetData><row><c t='str'><v>text</v></c></row>"
                "<row><c t='str'><v>Talks went on.</v></c></row></sheetData></worksheet>".encode(),
            ),
        ),
    ),
    ".xml": (
        b'<nitf><head><pubdata name="Post" date.publication="20130511T054600Z"/></head><body>'
        b"<body.head><hedline><hl1>T</hl1></hedline></body.head><body.content><p>The ministers "
        b"met.</p></body.content></body></nitf>",
        b'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="a">'
        b"<contentSet><inlineXML><p>Talks.</p></inlineXML></contentSet></newsItem></itemSet>"
        b"</newsMessage>",
        b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><p>Talks <choice><sic>'
        b'wnet</sic><corr>went</corr></choice> o<lb break="no"/>n.</p></body></text></TEI>',
        b'<alto><Layout><Page><TextBlock><TextLine><String CONTENT="Ta" SUBS_TYPE="HypPart1" '
        b'SUBS_CONTENT="Talks"/><HYP/></TextLine></TextBlock></Page></Layout></alto>',
    ),
    ".rss": (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title><item><title>T'
        b"</title><guid>7</guid><pubDate>Sat, 11 May 2013 05:46:00 GMT</pubDate><description>&lt;p"
        b"&gt;The ministers met.&lt;/p&gt;</description></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry><id>a</id><updated>'
        b"2013-05-11T05:46:00Z</updated><content type='xhtml'><div><p>Talks.</p></div></content>"
        b"</entry></feed>",
    ),
}
# Of a format that is an archive, the seeds are this part of it.
PARTS = {".docx": "word/document.xml", ".odt": "content.xml"}
TOPICS = (
    b'[[topic]]\nname = "weapons"\ndescription = "Arms and missiles."\nexamples = ["a", "b"]\n'
    b'[[topic]]\nname = "arms"\nparent = "weapons"\n',
)
OWNERS = (
    b'[owners]\n"harbour-courier" = "Harbour Media"\n'
    b'[[owner]]\nname = "Ledger"\noutlets = ["bosphorus-ledger", "post"]\n'
    b'[aliases]\n"HC" = "harbour-courier"\n"courier" = "HC"\n',
)
MADE = (
    b'{\n "topicwire_by_hand": 1, "topics": [{"name": "weapons", "parent": ""}], '
    b'"thresholds": {"near_copy": 0.9}, "edits": [{"kind": "pin", "made": "2013-05-11T05:46", '
    b'"name": "", "into": 0, "passages": [{"text": "Talks.", "hash": "' + b"0" * 32 + b'"}], '
    b'"topics": [{"guided": "weapons", "members": [], "size": 0, "total": 0, "depth": 0, '
    b'"id": 1}]}], "answers": [{"kind": "story", "same": true, "made": "2013-05-11", '
    b'"a": {"article": "x"}, "b": {"article": "y"}}]}',
)
LABELS = (
    b"passage_id,label\n1,a\n2,b\n9999999999999999999999,c\n",
    b"document_id,position,label\nx,0,a\n,,\n",
)
LABEL_LINES = (
    b'{"passage_id": 1, "label": "a"}\n{"document_id": "x", "position": 0, "label": 2}\n',
)
QUERIES = (
    b'talks in Geneva "arms deliveries"',
    b'al-Assad S-300 NEAR/3 "a',
    b"title:x AND (b OR c*)",
    'arms “to Damascus” -Iran -"air strike" title:Geneva outlet:post -outlet:"a b"'.encode(),
)
DATES = (
    b"2013-05-11T05:46:00+03:00",
    b"Last Modified: 11 May 2013 05:46",
    b"05/11/2013",
    b"1368230400",
    b"11 mai 2013, 5 h 46",
    b"11 none 2013",  # is looked for in every language
)
IDS = (b"1", b"99999999999999999999", b"weapons transfers", "\u0661".encode())
