"""A real index of a few files, and a client of the source viewer over it."""

import sqlite3
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.schema import Citation, Passage
from assistant.security import SecurityHeaders, SourceKeys, asking
from assistant.settings import IngestSettings
from assistant.source_links import SourceLinks
from assistant.sources import Sources
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.store import PassageStore
from tests.ingest.typeset import lines, write_pdf

HTML = """<html><head><title>Bees</title></head><body><h1>Bees</h1><h2>Honey</h2>
<p>Bees make honey &lt;script&gt;alert(1)&lt;/script&gt; all summer.</p>
<h2>Wax</h2><p>Wax is made of honey.</p>
<script>document.title = "run"</script></body></html>"""

PDF_PAGES = (
    ("The first page says how bees are kept in winter.",),
    ("The second page says that the option --prune", "leaves all other folders alone."),
    ("The third page says where the honey is stored.",),
)
PDF_QUOTE = "leaves all other folders alone"


class Desk:
    """A real index of a few files, and a client of the routes over it."""

    def __init__(self, folder: Path, embedder: MiniLMEmbedder) -> None:
        self.files = folder / "files"
        self.files.mkdir()
        write_pdf(self.files / "guide.pdf", [lines(72, 700, *page) for page in PDF_PAGES])
        (self.files / "bees.html").write_text(HTML)
        (self.files / 'Über "das" Öl.md').write_text("# Öl\n\nÖl ist flüssig.")
        (self.files / "sum.py").write_text("def add(one, other):\n    return one + other\n")
        (self.files / "diary.txt").write_text("The diary says: rain.")
        (self.files / "letter.txt").write_text("The letter says: sunshine.")
        self.database = folder / "index" / "passages.db"
        self.store = PassageStore(folder / "index")
        ingest = Ingest(self.store, embedder, IngestSettings())
        own = {"diary.txt", "letter.txt"}
        shared = [path for path in self.files.iterdir() if path.name not in own]
        reports = [
            ingest.run(shared),
            ingest.run([self.files / "diary.txt"], collection="chat-1"),
            ingest.run([self.files / "letter.txt"], collection="user-bo"),
        ]
        assert not any(report.failed for report in reports)
        self.keys = SourceKeys(folder / "secret.key")
        self.links = SourceLinks(self.store, self.keys)
        routes = Sources(self.store, self.links).routes()
        self.client = TestClient(SecurityHeaders(Starlette(routes=list(routes))))

    def document_id(self, name: str) -> int:
        return next(one.id for one in self.store.documents(None) if Path(one.source).name == name)

    def passage(self, name: str, words: str) -> Passage:
        """The passage of a document with these words in it."""
        passages = self.store.passages(list(range(1, 200))).values()
        return next(one for one in passages if Path(one.source).name == name and words in one.text)

    def cite(self, name: str, *quotes: str) -> str:
        """The address that shows these quotes of one passage."""
        passage = self.passage(name, quotes[0])
        citations = []
        for quote in quotes:
            start = passage.start + passage.text.index(quote)
            citations.append(
                Citation(1, passage.source, passage.page, quote, start, start + len(quote))
            )
        address = self.links.cited(passage, citations)
        assert address is not None
        return address

    def get(self, address: str) -> httpx.Response:
        return self.client.get(address)

    def key(self, name: str) -> str:
        document = self.store.document(self.document_id(name))
        assert document is not None
        return self.keys.key(document.collection, document.id, asking.get())

    def change(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.database) as database:
            database.execute(statement, values)
