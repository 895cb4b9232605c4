"""The plain LangChain recipe, as its tutorials give it: load, split, embed, store, search.

Run by its path in a process of its own, it imports nothing of the assistant:

    python -P langchain_recipe.py JOB RESULT

JOB is `{"files": [...], "model": folder of the weights, "questions": [...], "top_k": 10}`, RESULT
becomes `{"pages", "passages", "load_seconds", "embed_seconds", "failed", "found"}`; `found` has
for each question the `[file, page]` of each passage, pages counted from 0.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import sentence_transformers  # noqa: F401 - so that its import is not timed
from langchain_community.document_loaders import PyPDFLoader
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_community.vectorstores import FAISS
from langchain_text_splitters import RecursiveCharacterTextSplitter
from rich.console import Console
from rich.progress import track

CONSOLE = Console(stderr=True)


def main(job_file: str, result_file: str) -> None:
    """Does the job in one file and writes the result to the other."""
    job = json.loads(Path(job_file).read_text("utf-8"))
    started = time.perf_counter()
    pages, failed = load(job["files"])
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(pages)
    loaded = time.perf_counter()
    embeddings = HuggingFaceEmbeddings(model_name=job["model"], show_progress=True)
    index = FAISS.from_documents(chunks, embeddings)
    embedded = time.perf_counter()
    embeddings.show_progress = False
    result = {
        "pages": len(pages),
        "passages": len(chunks),
        "load_seconds": round(loaded - started, 3),
        "embed_seconds": round(embedded - loaded, 3),
        "failed": failed,
        "found": [find(index, question, job["top_k"]) for question in job["questions"]],
    }
    Path(result_file).write_text(json.dumps(result), "utf-8")


def load(files: list[str]) -> tuple[list[Any], list[str]]:
    """The pages of PDF files, and the files that cannot be read."""
    pages: list[Any] = []
    failed: list[str] = []
    for file in track(files, "LangChain: loading", console=CONSOLE):
        try:
            pages.extend(PyPDFLoader(file).load())
        except Exception as error:  # noqa: BLE001 - pypdf raises many kinds on a damaged file
            CONSOLE.print(f"{file}: {error!r}", markup=False)
            failed.append(file)
    return pages, failed


def find(index: Any, question: str, top_k: int) -> list[tuple[str, int]]:
    """File and page, from 0, of the nearest passages."""
    found = index.similarity_search(question, k=top_k)
    return [(chunk.metadata["source"], chunk.metadata["page"]) for chunk in found]


if __name__ == "__main__":
    main(*sys.argv[1:])
