"""Articles every field of which is hostile, beside the news of the day."""

from __future__ import annotations

import random
from pathlib import Path

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.conftest import WordEncoder, article, paragraphs_of
from tests.topics.conftest import NEWS
from topics.pipeline.run import derive

HACK = "window.hacked=1"
PAYLOADS = [
    f"<script>{HACK}</script>",
    f"</title><script>{HACK}</script>",
    f"</script><script>{HACK}</script>",
    f"</style><script>{HACK}</script>",
    f"<img src=x onerror={HACK}>",
    f'"><svg onload={HACK}>',
    f"' onmouseover='{HACK}",
    f"<iframe srcdoc='<script>parent.{HACK}</script>'>",
    f"<a href=javascript:{HACK}>x</a>",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- ]]> --> <![CDATA[",
    "\u202egnp.exe \u2066\u2069\u200f\u061c",
    "\x1b[2J\x07\x00\x9b31m\x7f",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "`${alert(1)}`",
    "<details open ontoggle=window.hacked=1>",
    "$$math$$ [bold]markup[/bold] :bell:",
    "<object data=https://evil.example/x>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "=cmd|' /C calc'!A0",
    "אב <b>גד</b> العربية",
    "A" * 400,
]
URLS = [
    "javascript:window.hacked=1",
    "data:text/html,<script>1</script>",
    "https://ok.example/a?b=<c>&d\u202e",
]
WORDS = tuple("convoy flour river bank rate talks border school council lorry snow".split())  # noqa: SIM905


def fill(path: Path) -> None:
    """Store the news of the day beside 50 articles whose every field is hostile."""
    drawn = random.Random(4)
    with CorpusStore.open(path, write=True) as store:
        for name, fields in NEWS.items():
            paragraphs = fields["paragraphs"]
            rest = {key: str(value) for key, value in fields.items() if key != "paragraphs"}
            document = article(name, paragraphs, language="en", **rest)
            store.put_document(document, [], paragraphs_of(document))
        for number in range(50):
            payload = PAYLOADS[number % len(PAYLOADS)]
            texts = [
                f"{' '.join(drawn.choices(WORDS, k=18))} {payload} number {number}." for _ in "ab"
            ]
            document = article(
                f"evil-{number}{payload}",
                texts,
                title=f"{payload} {number}",
                source=f"outlet {PAYLOADS[number % 7]}",
                url=URLS[number % 3],
                published=f"2013-0{1 + number % 9}-1{number % 10}",
                path=f"/somewhere/{payload}.txt",
                language="en",
            )
            store.put_document(document, [], paragraphs_of(document))
        encoder = WordEncoder()
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
