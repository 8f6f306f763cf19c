"""Claims about where a text stood before it stood in an article."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents import Document
from topics.coverage.credit.agencies import Credit
from topics.coverage.credit.wire import find_agencies, text_bounds
from topics.coverage.reuse.timelines import MOST_TIED, Holder, Timeline


def holder(number, outlet, published, *credited):
    stated = [Credit(one, "byline", "", -1, -1, False, False) for one in credited]
    agencies = find_agencies(Document("", "", source=outlet), stated)
    bounds = text_bounds(published, agencies)
    return Holder(number, outlet, bounds, f"d{number}", number, agencies)


def origins(*rows):
    """Kind and outlets of each holder's origin, ``None`` for the first."""
    holders = [holder(n, *row) for n, row in enumerate(rows)]
    timeline = Timeline(holders)
    found = [timeline.origin(each) for each in holders]
    return [origin and (origin.kind, origin.outlets) for origin in found]


def test_the_earliest_outlet_is_the_origin_of_all_later_ones():
    found = origins(("A", "2013-05-01"), ("B", "2013-05-02"), ("C", "2013-05-03"))
    assert found == [None, ("earlier", ("A",)), ("earlier", ("A",))]


def test_outlets_that_may_both_have_been_first_share_the_origin():
    found = origins(("A", "2013-05-01"), ("B", "2013-05"), ("C", "2013-06-03"))
    assert found == [("unordered", ("B",)), ("unordered", ("A",)), ("earlier", ("A", "B"))]


def test_an_outlet_that_repeats_itself_is_its_own_origin():
    assert origins(("A", "2013-05-01"), ("A", "2013-05-02")) == [None, ("self", ("A",))]
    assert origins(("A", ""), ("A", "")) == [None, ("self", ("A",))]


def test_an_outlet_that_may_have_been_first_itself_has_it_from_nobody_else():
    found = origins(("A", "2013-05-01"), ("B", "2013-05-01"), ("A", "2013-05-02"))
    assert found[2] == ("self", ("A",))


def test_unknown_outlets_are_not_taken_for_one():
    assert origins(("", ""), ("", "")) == [("unordered", ("",))] * 2
    assert origins(("", "2013-05-01"), ("", "2013-05-02"))[1] == ("earlier", ("",))
    assert origins(("", "")) == [None]


def test_more_tied_outlets_than_can_be_named_are_none():
    found = origins(*((f"o{n}", "") for n in range(MOST_TIED + 2)))
    assert found == [("unordered", ())] * len(found)
    later = origins(*((f"o{n}", "2013") for n in range(MOST_TIED + 1)), ("x", "2014"))
    assert later[-1] == ("earlier", ())


def test_of_holders_in_no_order_the_one_sure_to_have_it_soonest_stands_for_them():
    holders = [holder(0, "A", "2013"), holder(1, "B", "2013-05-01"), holder(2, "C", "2013-05-01")]
    assert Timeline(holders).origin(holders[2]).article == 1
    later = holder(3, "D", "2014")
    assert Timeline(holders).origin(later).article == 1


def test_a_coarse_date_that_may_be_before_is_named_though_a_later_one_is_sooner_sure():
    holders = [holder(0, "B", "2013-05-02"), holder(1, "B", "2013-05")]
    origin = Timeline(holders).origin(holder(2, "A", "2013-05-01"))
    assert (origin.kind, origin.article) == ("unordered", 1)


def test_an_article_that_is_no_holder_is_asked_about_as_well():
    timeline = Timeline([holder(0, "A", "2013-05-01")])
    assert timeline.origin(holder(1, "B", "2013-05-02")).kind == "earlier"
    assert timeline.origin(holder(1, "B", "2013-04-02")) is None


rows = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "B", "C"]),
        st.sampled_from(["", "2013", "2013-05", "2013-05-01", "2013-05-02", "2013-05-01T10:00"]),
    ),
    min_size=1,
    max_size=7,
)


@given(rows, st.randoms(use_true_random=False))
def test_origins_keep_to_the_dates_and_to_no_order_of_the_holders(rows, random):
    holders = [holder(n, *row) for n, row in enumerate(rows)]
    timeline = Timeline(holders)
    shuffled = random.sample(holders, len(holders))
    again = Timeline(shuffled)
    asked = {each.article: again.origin(each) for each in shuffled}
    for each in holders:
        origin = timeline.origin(each)
        assert asked[each.article] == origin
        others = [h for h in holders if h.article != each.article]
        sure = [h for h in others if h.bounds[1] < each.bounds[0]]
        possible = [h for h in others if h.bounds[0] <= each.bounds[1]]
        assert (origin is not None and origin.since != "") == bool(sure)
        if origin is None:
            assert not sure
            assert all(h.outlet == each.outlet != "" for h in possible)
        else:
            assert origin.article != each.article
            assert holders[origin.article] in (sure or possible)
            assert holders[origin.article].outlet in origin.outlets
            assert (origin.kind == "self") == (origin.outlets == (each.outlet,) != ("",))


def test_the_first_of_an_outlet_is_the_same_whoever_asks_first():
    same = [holder(n, "A", "") for n in range(4)]
    timeline = Timeline(same)
    assert [timeline.origin(each) is None for each in reversed(same)] == [False] * 3 + [True]


agency_rows = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "AP", "Levant Wire Service"]),
        st.sampled_from(["", "2013-05", "2013-05-01", "2013-05-02", "2013-05-03T10:00"]),
        st.sampled_from(["", "The AP", "Reuters", "Levant Wire Service"]),
    ),
    min_size=1,
    max_size=7,
)


@given(agency_rows, st.randoms(use_true_random=False))
def test_an_agency_has_its_text_from_no_client_surely_and_clients_have_it_from_the_agency(
    rows, random
):
    holders = [holder(n, *row) for n, row in enumerate(rows)]
    timeline = Timeline(holders)
    again = Timeline(random.sample(holders, len(holders)))
    own = [find_agencies(Document("", "", source=one.outlet), ()) for one in holders]
    for each, agency in zip(holders, own, strict=True):
        origin = timeline.origin(each)
        assert again.origin(each) == origin
        handed = {h.outlet for h, name in zip(holders, own, strict=True) if name & each.agencies}
        if agency:
            assert origin is None or origin.kind != "earlier"
            # A client that says whose text it has is no source of it.
            assert (
                origin is None
                or own[origin.article]
                or not (agency & holders[origin.article].agencies)
            )
        elif handed:
            assert (origin.kind, *origin.outlets) in {("earlier", one) for one in handed}
        elif each.agencies:
            assert origin is None or origin.kind != "earlier"
