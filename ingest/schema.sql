-- The source of truth of the passage index. A page's text is kept as it is shown to a reader; a
-- passage is a pair of offsets into it, with the text between them, so that what is quoted is what
-- was read.
CREATE TABLE IF NOT EXISTS identity (
    id TEXT NOT NULL                    -- tells this database from another in the same place
);
INSERT INTO identity (id) SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM identity);
CREATE TABLE IF NOT EXISTS collections (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL            -- counts the writes; what is in memory is valid for one
);
-- The last run of an ingest, which can be taken back. What it replaced or removed is kept, unseen,
-- until the next run that changes something.
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at TEXT NOT NULL            -- UTC, ISO 8601
);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    source TEXT NOT NULL,               -- the path as it was ingested, or the web address
    path BLOB NOT NULL,                 -- the file, absolute, in the file system's own bytes
    stamp TEXT NOT NULL,                -- the file's size and times; empty where they are not sure
    sha256 TEXT NOT NULL,
    recipe TEXT NOT NULL,               -- how it was split and embedded
    title TEXT NOT NULL,
    n_pages INTEGER NOT NULL,
    n_passages INTEGER NOT NULL,
    first_passage_id INTEGER NOT NULL,  -- the ids of a document's passages follow each other
    ingested_at TEXT NOT NULL,          -- UTC, ISO 8601
    run INTEGER,                        -- that brought it in; NULL where none can be taken back
    removed_run INTEGER                 -- that removed or replaced it; NULL while it is current
);
CREATE UNIQUE INDEX IF NOT EXISTS current_documents
    ON documents (collection, path) WHERE removed_run IS NULL;
CREATE INDEX IF NOT EXISTS removed_documents
    ON documents (removed_run) WHERE removed_run IS NOT NULL;
CREATE TABLE IF NOT EXISTS moves (      -- where documents were before a run found them elsewhere
    run INTEGER NOT NULL,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    path BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS pages (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number INTEGER,                     -- from 1; NULL where the format has no pages
    language TEXT NOT NULL,             -- ISO 639-1; empty where it is not clear
    text TEXT NOT NULL,
    PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page_position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT NOT NULL,
    context TEXT NOT NULL,              -- what it belongs to, embedded and indexed in front of it
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document_id);
CREATE TABLE IF NOT EXISTS vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    vector BLOB NOT NULL                -- float16, little-endian, L2-normalised
);
CREATE TABLE IF NOT EXISTS approximate_indexes (
    collection TEXT PRIMARY KEY,
    file TEXT NOT NULL,                 -- in the folder of this database
    spans BLOB NOT NULL                 -- of the documents in it: id, first passage, passages (int64)
);
CREATE TABLE IF NOT EXISTS contexts (   -- sentences that a model wrote, kept against a second bill
    key TEXT PRIMARY KEY,               -- of model, prompt, document and passage
    path BLOB NOT NULL,                 -- of the document, with which they go
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS contexts_by_path ON contexts (path);
CREATE VIRTUAL TABLE IF NOT EXISTS passages_fts USING fts5 (
    context, text, content = 'passages', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
