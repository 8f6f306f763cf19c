"""Claims about the agencies that articles say they are from."""

from __future__ import annotations

import pytest

from embeddings.corpus.citations import cite
from embeddings.documents import Document
from topics.coverage.credit.agencies import is_agency_outlet, name_agency
from topics.coverage.credit.credits import credited_agency, find_credits, sole_agency
from topics.coverage.credit.stated import gather_stated

LEAD = (
    "The two ministers met for three hours in the capital and agreed that the talks would go on "
    "next week, although neither would say what had been settled or who would come."
)


def credits_of(text, source="Harbour Courier", dropped=()):
    return find_credits(Document("d", text, "", source), dropped)


@pytest.mark.parametrize(
    ("text", "agency", "kind"),
    [
        (f"MOSCOW (Reuters) - {LEAD}", "Reuters", "dateline"),
        (f"BEIRUT, Aug 21 (Reuters) - {LEAD}", "Reuters", "dateline"),
        (f"Brussels (AFP) – {LEAD}", "AFP", "dateline"),
        (f"(AP) -- {LEAD}", "Associated Press", "dateline"),
        (f"KILIS (Levant Wire Service) — {LEAD}", "Levant Wire Service", "dateline"),
        (f"DAMASCUS, SANA – {LEAD}", "SANA", "dateline"),
        (f"By Reuters\n{LEAD}", "Reuters", "byline"),
        (f"By Oliver Holmes, Reuters\n{LEAD}", "Reuters", "byline"),
        (f"ZEINA KARAM, Associated Press\n{LEAD}", "Associated Press", "byline"),
        (f"Associated Press\n{LEAD}", "Associated Press", "credit line"),
        (f"{LEAD}\nLevant Wire Service", "Levant Wire Service", "credit line"),
        (f"{LEAD}\n© AFP", "AFP", "credit line"),
        (
            f"{LEAD}\nCopyright 2013 The Associated Press. All rights reserved.",
            "Associated Press",
            "credit line",
        ),
        (f"{LEAD}\nSource: Xinhua", "Xinhua", "credit line"),
        (f"{LEAD}\n(Reporting by A. Reyes; Editing by B. Ode)", "Reuters", "credit line"),
        (f"{LEAD} (AFP)", "AFP", "credit line"),
    ],
)
def test_a_credit_of_the_whole_text_is_found(text, agency, kind):
    (found,) = credits_of(text)
    assert (found.agency, found.kind, found.shared) == (agency, kind, False)
    assert text[found.start : found.end].startswith(found.text[:5])
    assert sole_agency([found]) == agency


@pytest.mark.parametrize(
    ("line", "agencies"),
    [
        ("The Associated Press contributed to this report.", ["Associated Press"]),
        ("Contributing: David Lunin; the Associated Press", ["Associated Press"]),
        ("AFP and Reuters contributed to this report", ["AFP", "Reuters"]),
        ("(With Reuters)", ["Reuters"]),
        ("Meridian Post and agencies", [""]),
        ("Staff and agencies", [""]),
        ("• This article is based in part on wire-service reports.", [""]),
        ("• A. Taylor contributed to this article, which is based on wire service reports.", [""]),
        ("Material from the Associated Press was used in this report.", ["Associated Press"]),
    ],
)
def test_a_credit_along_with_others_is_shared_and_no_sole_agency(line, agencies):
    found = credits_of(f"{LEAD}\n{line}")
    assert sorted(credit.agency for credit in found) == agencies
    assert all(credit.shared for credit in found)
    assert sole_agency(found) == ""


@pytest.mark.parametrize(
    "line",
    [
        "The resident told Reuters.",
        "Nobody was hurt, according to the Associated Press.",
        "Photograph: Pavel Lunin/AFP",
        "Smoke rises over orchards west of Qusayr (Photo: Hassan Ammar, AP)",
        "Azad Lashkari/Reuters",
        "Enlarge this image toggle caption Carolyn Kaster/AP",
        "Smoke rises over orchards [LWS]",
        "Speaker John Boehner (R-Ohio) — who took the step of voting for it — said so.",
        "A white bucket stands in the supermarket with wires hanging out of it",
        "He joined the news agency in 1999.",
        "The minister told AFP and Reuters.",
    ],
)
def test_a_picture_or_one_statement_is_no_credit(line):
    assert credits_of(f"{LEAD}\n{line}\n{LEAD}") == ()
    assert credits_of(f"{line}\n{LEAD}") == ()


def test_a_dateline_further_down_is_a_report_that_is_quoted():
    quoted = f"{LEAD}\n\n{LEAD}\n\nVIENNA (AP) -- {LEAD}"
    assert credits_of(quoted) == ()


def test_the_author_of_an_excerpt_is_no_byline_of_the_whole():
    assert credits_of(f"{LEAD}\nHal Brands, Bloomberg\n{LEAD}") == ()
    assert len(credits_of(f"Hal Brands, Bloomberg\n{LEAD}")) == 1


def test_a_lone_short_name_in_the_middle_is_under_a_picture():
    middle = f"{LEAD}\nAP\n" + "\n".join([LEAD] * 6)
    assert credits_of(middle) == ()


def test_lines_that_the_reader_dropped_are_searched():
    (found,) = credits_of(LEAD, dropped=["© 2013 Reuters", "Share"])
    assert (found.agency, found.start, found.end) == ("Reuters", -1, -1)


def test_an_agency_that_is_the_outlet_is_marked():
    (found,) = credits_of(f"(CNN) -- {LEAD}", source="CNN (Web News)")
    assert found.own
    assert not credits_of(f"(CNN) -- {LEAD}", source="Fox News")[0].own


def test_an_agency_named_twice_is_still_the_only_one():
    text = f"BEIRUT (AP) — {LEAD}\nAssociated Press writers A. Reyes and B. Ode contributed."
    assert sole_agency(credits_of(text)) == "Associated Press"
    assert sole_agency(credits_of(f"{text}\nReuters contributed to this report.")) == ""


def test_names_of_agencies_come_down_to_one():
    assert name_agency("The  AP") == "Associated Press"
    assert is_agency_outlet("Associated Press", "AP")
    assert is_agency_outlet("CNSNews.com", "CNS News")
    assert not is_agency_outlet("Reuters", "")
    assert not is_agency_outlet("AP", "Apple Daily")


def test_stated_sources_say_whether_the_agency_is_here():
    one, other = (Document(name, "", source="Harbour Courier") for name in "ab")
    stated = [
        (one, credits_of(f"(Reuters) - {LEAD}")),
        (
            other,
            credits_of(
                f"KILIS (Levant Wire Service) - {LEAD}\nReuters contributed to this report."
            ),
        ),
    ]
    here, absent = gather_stated(stated, ["Harbour Courier", "Reuters"])
    assert (here.agency, here.alone, here.shared, here.outlets) == (
        "Reuters",
        (cite(one),),
        (cite(other),),
        ("Reuters",),
    )
    assert (absent.agency, absent.alone, absent.shared) == (
        "Levant Wire Service",
        (),
        (cite(other),),
    )
    assert absent.outlets == ()


def test_an_outlet_that_names_itself_credits_nobody():
    cnn = Document("a", "", source="CNN")
    own = credits_of(f"Beirut (CNN) -- {LEAD}", "CNN")
    assert [credit.own for credit in own] == [True]
    assert gather_stated([(cnn, own)], ["CNN"]) == ()
    assert (sole_agency(own), credited_agency(own)) == ("CNN", "")
    foreign = credits_of(f"MOSCOW (Reuters) - {LEAD}", "CNN")
    assert credited_agency(foreign) == "Reuters"
    both = credits_of(f"Beirut (CNN) -- {LEAD}\nReuters contributed to this report.", "CNN")
    (stated,) = gather_stated([(cnn, both)], ["CNN"])
    assert (stated.agency, stated.alone) == ("Reuters", ())
    assert [article.document_id for article in stated.shared] == ["a"]
    assert credited_agency(both) == ""


def test_long_lines_without_sense_are_read_quickly():
    words = " ".join(["Ana Reyes,"] * 5_000)
    assert credits_of(f"{words} AP {words}\nBy {'A ' * 150}AP x") == ()
