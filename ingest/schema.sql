-- The source of truth of the passage index. Texts are stored once, with their page; a passage is
-- a pair of offsets into it, so that what is quoted is what was read.
CREATE TABLE IF NOT EXISTS identity (
    id TEXT NOT NULL                    -- tells this database from another in the same place
);
INSERT INTO identity (id) SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM identity);
CREATE TABLE IF NOT EXISTS collections (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL            -- counts the writes; caches are valid for one version
);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    source TEXT NOT NULL,               -- the path as it was ingested
    path BLOB NOT NULL,                 -- the same, absolute, in the file system's own bytes
    sha256 TEXT NOT NULL,
    recipe TEXT NOT NULL,               -- how it was split and embedded
    title TEXT NOT NULL,
    n_pages INTEGER NOT NULL,
    ingested_at TEXT NOT NULL,          -- UTC, ISO 8601
    UNIQUE (collection, path)
);
CREATE TABLE IF NOT EXISTS pages (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number INTEGER,                     -- from 1; NULL where the format has no pages
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
    vector BLOB NOT NULL                -- float32, little-endian, L2-normalised
);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document_id);
CREATE VIRTUAL TABLE IF NOT EXISTS passages_fts USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
