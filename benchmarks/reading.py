"""How fast each kind of file is read: files, articles and megabytes a second.

    python -m benchmarks.reading --data DIR [--articles 300] [--rounds 3]

The same articles (of ``syria.jsonl.gz``) are written in each form, and read by ``read_paths`` on
one core: bytes to articles, before furniture and passages. ``mixed`` is all forms in one folder,
taken into a new database (furniture, passages and storing too). The best of the rounds, in turn.
A PDF is made with matplotlib; what no writer is at hand for (RTF, sheets other than .xlsx, WARC)
is not timed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import html
import io
import json
import tempfile
import textwrap
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.intake import add_paths
from embeddings.corpus.store import CorpusStore

Article = dict[str, str]
FIELDS = ("title", "text", "source", "date")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read_articles(data: Path, count: int) -> list[Article]:
    found = []
    with gzip.open(data / "syria.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            found.append(
                {key: str(row.get(key) or "") for key in ("title", "text", "source", "date")}
            )
            found[-1]["title"] = found[-1]["title"] or "Untitled"
            if len(found) == count:
                break
    return found


def paragraphs(article: Article) -> list[str]:
    return [part for part in article["text"].split("\n") if part.strip()]


def plain(article: Article) -> bytes:
    return f"{article['title']}\n\n{article['date']}\n\n{article['text']}\n".encode()


def markdown(article: Article) -> bytes:
    matter = f"---\ndate: {article['date']}\n---\n"
    return f"{matter}# {article['title']}\n\n{article['text']}\n".encode()


def page(article: Article) -> bytes:
    body = "".join(f"<p>{html.escape(part)}</p>" for part in paragraphs(article))
    title = f"<title>{html.escape(article['title'])}</title>"
    head = f"<head>{title}<meta name=date content={article['date']}></head>"
    return f"<!doctype html><html>{head}<body><article>{body}</article></body></html>".encode()


def mail(article: Article) -> bytes:
    message = EmailMessage()
    message["Subject"] = " ".join(article["title"].split())
    message["From"] = "News <news@example.org>"
    message.set_content(article["text"])
    return message.as_bytes()


def docx(article: Article) -> bytes:
    shown = "".join(
        f"<w:p><w:r><w:t>{html.escape(part)}</w:t></w:r></w:p>"
        for part in (article["title"], *paragraphs(article))
    )
    document = f'<w:document xmlns:w="{W}"><w:body>{shown}</w:body></w:document>'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", types)
        file.writestr("word/document.xml", document)
    return packed.getvalue()


def pdf(article: Article) -> bytes:
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    lines = [line for part in paragraphs(article) for line in [*textwrap.wrap(part, 90), ""]]
    made = io.BytesIO()
    with PdfPages(made) as pages:
        for first in range(0, min(len(lines), 180), 60):
            figure = Figure(figsize=(8.3, 11.7))
            shown = "\n".join(lines[first : first + 60]).replace("$", r"\$")
            figure.text(0.08, 0.95, shown, va="top", size=9)
            pages.savefig(figure)
    return made.getvalue()


def json_lines(articles: list[Article]) -> bytes:
    return "".join(json.dumps(article) + "\n" for article in articles).encode()


def json_array(articles: list[Article]) -> bytes:
    return json.dumps({"articles": articles}, indent=1).encode()


def table(articles: list[Article]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows(articles)
    return text.getvalue().encode()


def feed(articles: list[Article]) -> bytes:
    items = "".join(
        f"<item><title>{html.escape(article['title'])}</title>"
        f"<description>{html.escape(html.escape(article['text']))}</description></item>"
        for article in articles
    )
    return f'<rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'.encode()


def parquet(articles: list[Article]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet as pq

    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(articles), made)
    return made.getvalue()


def archive(articles: list[Article]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for number, article in enumerate(articles):
            file.writestr(f"post/{number}.txt", plain(article))
    return packed.getvalue()


ONE_EACH: dict[str, Callable[[Article], bytes]] = {
    "txt": plain,
    "md": markdown,
    "html": page,
    "eml": mail,
    "docx": docx,
    "pdf": pdf,
}
MANY: dict[str, Callable[[list[Article]], bytes]] = {
    "jsonl": json_lines,
    "json": json_array,
    "csv": table,
    "xml": feed,
    "parquet": parquet,
    "zip": archive,
}


def write_all(folder: Path, articles: list[Article]) -> Iterator[tuple[str, Path]]:
    for ending, write in ONE_EACH.items():
        place = folder / ending
        place.mkdir()
        for number, article in enumerate(articles if ending != "pdf" else articles[:30]):
            (place / f"{number}.{ending}").write_bytes(write(article))
        yield ending, place
    for ending, pack in MANY.items():
        place = folder / ending
        place.mkdir()
        (place / f"all.{ending}").write_bytes(pack(articles))
        yield ending, place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    articles = read_articles(options.data, options.articles)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        kinds = list(write_all(folder, articles))
        times: dict[str, list[float]] = {ending: [] for ending, _ in kinds}
        read: dict[str, int] = {}
        for _ in range(options.rounds):
            for ending, at in kinds:
                began = time.process_time()
                found = list(read_paths([at], ReadOptions(), {}))
                times[ending].append(time.process_time() - began)
                read[ending] = sum(len(file.documents) for file in found)
        print(f"{'form':9} {'files':>6} {'articles':>9} {'MB':>7} {'files/s':>9} {'MB/s':>7}")
        for ending, at in kinds:
            files = [*at.iterdir()]
            size, best = sum(file.stat().st_size for file in files) / 1e6, min(times[ending])
            rates = f"{len(files) / best:9,.0f} {size / best:7.1f}"
            print(f"{ending:9} {len(files):6} {read[ending]:9} {size:7.1f} {rates}")
        began = time.process_time()
        with CorpusStore.open(Path(place) / "n.db", write=True) as store:
            report = add_paths(store, [folder], ReadOptions())
        seconds = time.process_time() - began
        print(
            f"mixed: {report.files} files {dict(report.kinds)}, {report.added} articles added, "
            f"{report.updated} updated, {len(report.problems)} problems: {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
