"""The plain LlamaIndex recipe, as its documentation gives it: read, split, embed, index, search.

Run by its path in a process of its own, it imports nothing of the assistant:

    python -P llamaindex_recipe.py JOB RESULT

JOB and RESULT are those of `langchain_recipe.py`. Its packages are not among ours, for its file
reader wants older ones; `llamaindex_requirements.txt` names them. The tokenizer and the words
that its splitter needs are in its own package: nothing is downloaded.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import sentence_transformers  # noqa: F401 - so that its import is not timed
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


def main(job_file: str, result_file: str) -> None:
    """Does the job in one file and writes the result to the other."""
    job = json.loads(Path(job_file).read_text("utf-8"))
    started = time.perf_counter()
    pages = SimpleDirectoryReader(input_files=job["files"]).load_data(show_progress=True)
    nodes = SentenceSplitter().get_nodes_from_documents(pages)
    loaded = time.perf_counter()
    embedding = HuggingFaceEmbedding(model_name=job["model"])
    index = VectorStoreIndex(nodes, embed_model=embedding, show_progress=True)
    embedded = time.perf_counter()
    places = places_of(pages)
    read = {file for file, _ in places.values()}
    retriever = index.as_retriever(similarity_top_k=job["top_k"])
    result = {
        "pages": len(pages),
        "passages": len(nodes),
        "load_seconds": round(loaded - started, 3),
        "embed_seconds": round(embedded - loaded, 3),
        "failed": [file for file in job["files"] if file not in read],
        "found": [
            [places[hit.node.ref_doc_id] for hit in retriever.retrieve(question)]
            for question in job["questions"]
        ],
    }
    Path(result_file).write_text(json.dumps(result), "utf-8")


def places_of(pages: list[Any]) -> dict[str, tuple[str, int]]:
    """File and page, from 0, of each page by its id; the pages of a file come in their order."""
    n_pages: Counter[str] = Counter()
    places: dict[str, tuple[str, int]] = {}
    for page in pages:
        file = page.metadata["file_path"]
        places[page.doc_id] = file, n_pages[file]
        n_pages[file] += 1
    return places


if __name__ == "__main__":
    main(*sys.argv[1:])
