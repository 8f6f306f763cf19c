"""Exports of news databases, invented in the shape of real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats.exports.splitting import describe_unsplit, split_export
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.documents import Document

PIER = "The harbour authority said the pier needed repairs worth 4.2 million pounds."
VOTE = "Councillors in Hartwell voted by nine to four to close the old ferry terminal."
BANK = "The central bank, which has raised its rate four times, saw room for a pause."
RATE = "Inflation slowed to 6.1 percent in February, the statistics office reported."

NEXIS = f"""Download Request: Selected Items: 1-2
Time Of Request: Wednesday, March 06, 2024

                               1 of 2 DOCUMENTS

                                 Harbour Post

                             March 5, 2024 Tuesday
                                   Edition 1;
                                    Scotland

Ferry terminal to close

BYLINE: R. Vale

SECTION: NEWS; Pg. 4

LENGTH: 84 words

DATELINE: HARTWELL

{VOTE}

VALE: This is said by somebody, and no field.

{PIER}

LOAD-DATE: March 5, 2024

LANGUAGE: ENGLISH

GRAPHIC: The pier

                       Copyright 2024 Harbour Media Ltd
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                                 Republic Times

                              4. März 2024 Montag

Inflation slows

RUBRIK: WIRTSCHAFT

LÄNGE: 61 Wörter

{RATE}

{BANK}

SPRACHE: GERMAN; DEUTSCH

                         Copyright 2024 Republic Times
                              Alle Rechte vorbehalten
"""
LEXIS = f"""Date and Time: Wednesday, 6. March 2024 10:12:31 CET

Documents (2)

1. Society: Ferry terminal to close

Search Terms: ferry

2. Inflation slows

Society: Ferry terminal to close - Correction Appended

Harbour Post - Final Edition

(Docks)

March 5, 2024 Tuesday, The Harbour Post on the Web

Copyright 2024 Harbour Media All Rights Reserved

Section: NEWS; Pg. 4

Length: 84 words

Body

ABSTRACT

{VOTE}

FULL TEXT

VALE: This is said by somebody, and no field.

{PIER}

Graphic

PHOTO: The pier

Classification

Language: ENGLISH

Load-Date: March 5, 2024

End of Document

Inflation slows

Republic Times

March 4, 2024 Monday 9:33 AM GMT

Copyright 2024 Republic Times

Length: 61 words

Body

{RATE}

{BANK}

Load-Date: March 4, 2024

End of Document
"""
FACTIVA = f"""News
Ferry terminal to close

By R. Vale

84 words

5 March 2024

Harbour Post

HBPST

4

English

Copyright 2024 Harbour Media Ltd. All Rights Reserved.

{VOTE}

{PIER}

Harbour Media Ltd.

Document HBPST00020240305ek3500001

Inflation slows

61 Wörter

4 März 2024

09:33

Republic Times

REPT

Englisch

(c) 2024 Republic Times

{RATE}

{BANK}

Dokument rept000020240304ek340002x

Search Summary

Text

ferry or inflation
"""
FACTIVA_CODED = f"""HD
Ferry terminal to close
BY
R. Vale
WC
84 words
PD
5 March 2024
SN
Harbour Post
SC
HBPST
LA
English
CY
(c) Harbour Media
LP
{VOTE}
TD
{PIER}
IN
i75 : Ferries
AN
Document HBPST00020240305ek3500001
HD|Inflation slows|
WC|61 words
PD|4 March 2024
ET|09:33
SN|Republic Times
LP|{RATE}
TD|{BANK}
AN|Document REPT000020240304ek340002x
"""
PROQUEST = f"""{"_" * 60}

Report Information from ProQuest

{"_" * 60}

Table of contents

1. Ferry terminal to close

2. Inflation slows

{"_" * 60}

Document 1 of 2

Ferry terminal to close: [Final Edition]

Author: Vale, R

Abstract: A short form.

Links: Find it in the library

Full text: {VOTE}

Location: it is said, is everything.

{PIER}

Enlarge this image.

Subject: Ferries

Publication title: Harbour Post, Late Edition (North); Hartwell

Publication date: Mar 5, 2024

ProQuest document ID: 251439970

Document URL: https://www.proquest.example/docview/251439970

Database: U.S. Major Dailies

{"_" * 60}

Document 2 of 2

Inflation slows

Abstract: {RATE}

{BANK}

Full text: Not available.

Publication title: Republic Times

Publication year: 2024

ProQuest document ID: 251439971

{"_" * 60}

Contact us at: http://www.proquest.example
"""
EUROPRESSE = f"""Harbour Post

Politique, mardi 5 mars 2024, p. 16

POLITIQUE

Ferry terminal to close

Rosa Vale

{VOTE}

{PIER}

Note(s) :

The pier

© 2024 Harbour Media. Tous droits réservés.

Numéro de document : news·20240305·HP·0q1503_1256056

news·20240305·HP·0q1503_1256056

Ce certificat est émis à Example University à des fins de visualisation personnelle.

Date d'émission : 2024-03-06

Le présent document est protégé par les lois et conventions internationales.

Republic Times

lundi 4 mars 2024

Inflation slows

{RATE}

{BANK}

© 2024 Republic Times. Tous droits réservés.

news·20240304·RT·0q1503_1256057
"""
# The days as they are stated.
DAYS = {
    "Nexis": ("2024-03-05", "2024-03-04"),
    "Nexis Uni": ("2024-03-05", "2024-03-04T09:33"),
    "Factiva": ("2024-03-05", "2024-03-04"),
    "Factiva, coded": ("2024-03-05", "2024-03-04T09:33"),
    "ProQuest": ("2024-03-05", "2024"),
    "Europresse": ("2024-03-05", "2024-03-04"),
}
TEXTS = {
    "Nexis": NEXIS,
    "Nexis Uni": LEXIS,
    "Factiva": FACTIVA,
    "Factiva, coded": FACTIVA_CODED,
    "ProQuest": PROQUEST,
    "Europresse": EUROPRESSE,
}
HEADLINES = frozenset({"Ferry terminal to close", "Inflation slows"})


def read(folder: Path, name: str, text: str) -> ReadFile:
    path = folder / name
    path.write_text(text, "utf-8")
    (file,) = read_paths([path], ReadOptions(), {})
    return file


def split(text: str, headlines: frozenset[str] = HEADLINES) -> list[Document]:
    return [row.content for row in split_export(text, "DMY", headlines) if row.content]


@pytest.mark.parametrize("name", TEXTS)
def test_an_export_is_its_articles_with_headline_outlet_and_date(name):
    articles = split(TEXTS[name])
    assert [(a.source, a.published) for a in articles] == [
        ("Harbour Post", DAYS[name][0]),
        ("Republic Times", DAYS[name][1]),
    ]
    titles = [article.title.removeprefix("Society: ") for article in articles]
    assert titles == ["Ferry terminal to close", "Inflation slows"]


@pytest.mark.parametrize("name", TEXTS)
def test_fields_and_furniture_are_no_text(name):
    first, second = (article.text.split("\n\n") for article in split(TEXTS[name]))
    said = ["VALE: This is said by somebody, and no field.", "Location: it is said, is everything."]
    assert [line for line in first if line not in said] == [VOTE, PIER]
    assert any(line in first for line in said) == (name in ("Nexis", "Nexis Uni", "ProQuest"))
    assert second == [RATE, BANK]


@pytest.mark.parametrize("name", TEXTS)
def test_every_word_is_in_the_text_or_a_field_or_dropped(name):
    def words(*texts: str) -> set[str]:
        return {word.strip(",_") for text in texts for word in text.replace("|", " ").split()}

    kept = words("5 March 2024 09:33 LP TD")
    for row in split_export(TEXTS[name], "DMY", HEADLINES):
        kept |= words(*row.dropped)
        if row.content:
            kept |= words(row.content.text, row.content.title, row.content.source)
    assert words(TEXTS[name]) <= kept | {""}


@pytest.mark.parametrize("name", TEXTS)
def test_an_export_is_told_whatever_file_it_is_in(tmp_path, name):
    paragraphs = [line for line in TEXTS[name].splitlines() if line.strip()]
    page = "".join(f"<p>{line}</p>" for line in paragraphs)
    rtf = "".join(f"{line}\\par\n" for line in paragraphs)
    rtf = "".join(c if c < "\x7f" else f"\\u{ord(c)}?" for c in rtf)
    files = [
        read(tmp_path, "a.txt", TEXTS[name]),
        read(tmp_path, "a.html", f"<html><body>Factiva {page}</body></html>"),
        read(tmp_path, "a.rtf", f"{{\\rtf1\\ansi {rtf}}}"),
    ]
    for file in files:
        assert [file.places[0][-2:], file.places[1][-2:]] == ["#1", "#2"]
        assert [d.text for d in file.documents] == [a.text for a in split(TEXTS[name])]
        assert name.partition(",")[0] in file.notes[0]


def test_an_export_sent_by_mail_or_saved_whole_is_its_articles(tmp_path):
    head = "From: ProQuest <a@b.example>\nSubject: Your research\nContent-Type: text/{}; charset="
    page = "".join(f"<p>{line}</p>" for line in PROQUEST.splitlines())
    for name, kind, text in [
        ("a.eml", "plain", PROQUEST),
        ("b.eml", "html", page),
        ("a.mhtml", "html", page),
    ]:
        file = read(tmp_path, name, f"{head.format(kind)}utf-8\n\n{text}")
        assert [d.title for d in file.documents] == ["Ferry terminal to close", "Inflation slows"]
        assert [d.id for d in file.documents] == ["251439970", "251439971"]


def test_a_mailbox_keeps_one_article_a_message(tmp_path):
    message = f"From a@b.example Tue Mar  5 10:00:00 2024\nSubject: Research\n\n{PROQUEST}\n"
    file = read(tmp_path, "a.mbox", message * 2)
    assert len(file.documents) == 2


def test_accession_numbers_are_ids_and_addresses_are_kept():
    assert [a.id for a in split(FACTIVA)] == [
        "HBPST00020240305ek3500001",
        "rept000020240304ek340002x",
    ]
    assert [a.id for a in split(PROQUEST)] == ["251439970", "251439971"]
    assert split(PROQUEST)[0].url == "https://www.proquest.example/docview/251439970"
    assert split(EUROPRESSE)[0].id == "news·20240305·HP·0q1503_1256056"


def test_headlines_that_a_page_marks_are_the_titles(tmp_path):
    marked = EUROPRESSE.replace("Ferry terminal to close", '<b class="titreArticle">Port</b>')
    marked = marked.replace("Inflation slows", '<b class="titreArticle">Rates</b>')
    page = "".join(f"<p>{line}</p>" for line in marked.splitlines())
    file = read(tmp_path, "a.html", f"<title>europresse</title>{page}")
    assert [document.title for document in file.documents] == ["Port", "Rates"]


def test_abstracts_alone_are_counted():
    (note,) = [row.note for row in split_export(PROQUEST, "DMY") if row.note]
    assert note == "an export of ProQuest with 2 articles, 1 of them as an abstract alone"


def test_a_cover_that_lists_more_articles_is_a_problem(tmp_path):
    file = read(tmp_path, "a.txt", LEXIS.replace("Documents (2)", "Documents (7)"))
    assert [p.message for p in file.problems] == ["the cover lists 7 articles; 2 were found"]


def test_an_article_without_text_is_a_problem(tmp_path):
    file = read(tmp_path, "a.txt", NEXIS.replace(RATE, "").replace(BANK, ""))
    assert len(file.documents) == 1
    assert [p.message for p in file.problems] == ["an article without text; left out"]


def test_many_articles_that_cannot_be_told_apart_are_said(tmp_path):
    text = "".join(
        f"Headline {n}\n\n{PIER}\n\nRecord Number: {n}\n\nCopyright, 2024, Post\n\n"
        for n in range(10)
    )
    file = read(tmp_path, "a.txt", text)
    assert len(file.documents) == 1
    assert [problem.message for problem in file.problems] == [
        "this looks like 10 articles; it was read as one"
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"Ferry to close\n\nBYLINE: R. Vale\n\n{PIER}\n\nCopyright 2024 Harbour Media",
        f"Ferry to close\n\nThe end of document 1 of 2 documents\n\n{PIER}",
        f"Document HBPST\n\n{PIER}",
        f"A report\n\n{PIER}\n\nEnd of Document",
        "",
    ],
)
def test_an_article_is_no_export(text):
    assert split_export(text, "DMY") == []
    assert describe_unsplit(text) == ""
