"""Reads source code word for word, with a section for each definition at its top level."""

import re
from itertools import accumulate
from pathlib import Path

from ingest.documents import Document, Page, Section
from ingest.loaders.pages import PART_CHARS, in_parts
from ingest.loaders.text import read_text

MODIFIERS = (
    'abstract|async|const|data|declare|default|export|extern(?: "C")?|final|fileprivate|inline|'
    "internal|local|open|override|partial|private|protected|pub(?:\\([^)]*\\))?|public|sealed|"
    "static|suspend|unsafe|virtual"
)
KEYWORDS = (
    "actor|class|contract|def|enum class|enum|extension|fn|fun|func|function\\*?|impl(?:<[^>]*>)?|"
    "interface|macro_rules!|message|mod|module|namespace|object|package|protocol|record|service|"
    "struct|sub|trait|type|typedef struct|typedef enum|union"
)
KEYWORD_DEFINITION = (
    rf"(?:(?:{MODIFIERS})\s+)*(?:{KEYWORDS})\s+(?:\([^)]*\)\s*)?(?P<a>[\w.:$<>]+[?!]?)"
)
ASSIGNED_FUNCTION = (
    r"(?:export\s+)?(?:const|let|var)\s+(?P<b>[\w$]+)[^=\n]*=\s*(?:async\s*)?"
    r"(?:function|\([^\n]*=>|\(\s*$|[\w$]+\s*=>|class\b)"
)
TYPED_FUNCTION = (
    r"(?!(?:else|return|if|for|while|switch|case|throw|new)\b)"
    r"[A-Za-z_][\w:<>,*&\s\[\]]*?[\s*&](?P<c>~?[\w:~]+)\s*\((?![^\n]*;\s*$)"
)
GENERAL = rf"^(?:{KEYWORD_DEFINITION}|{ASSIGNED_FUNCTION}|{TYPED_FUNCTION})"
SHELL = r"^(?:function\s+(?P<a>[\w:.-]+)|(?P<b>[\w:.-]+)\s*\(\s*\))"
SQL = (
    r"^\s*(?:create|alter)\s+(?:or\s+(?:replace|alter)\s+)?(?:(?:global|local|materialized|temp|"
    r"temporary|unique)\s+)*(?:function|index|procedure|schema|table|trigger|type|view)\s+"
    r"(?:if\s+not\s+exists\s+)?(?P<a>[\w.\"`\[\]]+)"
)
PATTERNS = {
    **dict.fromkeys((".sh", ".bash", ".zsh"), SHELL),
    ".sql": f"(?i:{SQL})",
    ".r": r"^(?P<a>[\w.]+)\s*(?:<-|=)\s*function\b",
    ".yaml": r"^(?P<a>[\w.-]+):(?:\s|$)",
    **dict.fromkeys((".toml", ".ini", ".cfg"), r"^\[+(?P<a>[^\[\]\n]+)\]+"),
    **dict.fromkeys((".py", ".pyi"), r"^(?:async\s+)?(?:def|class)\s+(?P<a>\w+)"),
    **dict.fromkeys((".css", ".scss", ".less", ".xml"), r"(?!)(?P<a>)"),
}
PATTERNS[".yml"] = PATTERNS[".yaml"]
LEADING = re.compile(r"^(?:@|#\[|#\s|//|/\*|\s?\*|--)")
"""Decorators and comments right above a definition, which belong to it."""
SUFFIXES = tuple(
    ".bash .c .cc .cfg .conf .cpp .cs .css .cxx .dart .ex .exs .go .gradle .graphql .groovy .h "
    ".hpp .ini .java .jl .js .jsx .kt .kts .less .lua .mjs .php .pl .pm .proto .ps1 .py .pyi .r "
    ".rb .rs .scala .scss .sh .sql .svelte .swift .tf .toml .ts .tsx .vue .xml .yaml .yml "
    ".zsh".split()
)


def load_code(path: Path) -> Document:
    """Reads source code as it stands; headings are the names of what it defines."""
    source = read_text(path)
    if not source.strip():
        return Document(path.name, (), 1)
    if len(source) > PART_CHARS:
        pages = in_parts(source.split("\n"))
        return Document(path.name, pages, len(pages))
    return Document(path.name, (_page(source, path.suffix.lower()),), 1)


def _page(source: str, suffix: str) -> Page:
    definition = re.compile(PATTERNS.get(suffix, GENERAL))
    lines = source.rstrip("\n").split("\n")
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    starts = [(0, "")]
    for at, line in enumerate(lines):
        found = definition.match(line)
        if found:
            name = next(filter(None, found.groupdict().values()), "")
            starts.append((offsets[_start(lines, at)], name.strip('"`[]')))
    text = "\n".join(lines)
    ends = [*(start for start, _ in starts[1:]), len(text)]
    sections = (Section(start, end, name) for (start, name), end in zip(starts, ends, strict=True))
    return Page(None, text, tuple(section for section in sections if section.end > section.start))


def _start(lines: list[str], at: int) -> int:
    """The first line of what belongs to a definition: its decorators and comments."""
    while at > 0 and LEADING.match(lines[at - 1]):
        at -= 1
    return at
