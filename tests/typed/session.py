"""What mypy and editors are to see of the packages; checked by ``make check``, never run."""

from __future__ import annotations

from typing import assert_type

import embeddings
import topics
from embeddings.search.found import Found
from topics.answers.article import ArticleReport
from topics.answers.story import StoryReport
from topics.answers.topics import TopicSummary
from topics.coverage.reuse.matrix import OutletReport
from topics.maps.drawing import MapPicture

assert_type(topics.search("arms", limit=3), Found)
assert_type(topics.outlets("news.db"), OutletReport)
assert_type(embeddings.Filters().since, str)

with topics.open("news.db") as session:
    assert_type(session, topics.Session)
    assert_type(session.search("arms", limit=3), Found)
    assert_type(session.topics(level=1), list[TopicSummary])
    assert_type(session.story(3, owners="owners.toml"), StoryReport)
    assert_type(session.article("https://www.example.com"), ArticleReport)
    assert_type(session.map("map.png", colour="date"), MapPicture)
    assert_type(topics.search("arms", db=session), Found)
    # Strict mypy refuses an `ignore` where there is nothing to be ignored.
    session.search(3)  # type: ignore[arg-type]
    session.search("arms", limt=3)  # type: ignore[call-arg]
    print(session.nothing)  # type: ignore[attr-defined]
    print(topics.nothing)  # type: ignore[attr-defined]
