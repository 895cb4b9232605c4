"""The HTML of the memory panel: what is known of a user, a page at a time.

Facts are a person's words: they are escaped, and the page carries no script or style of its own, so
that its policy can forbid all that stand in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, urlencode

from assistant.user_facts import KnownFact

ADDRESS = "/memory"
LONGEST_FACT = 1000
"""Characters that the page lets a person type; the plugin has the last word."""
EMPTY = (
    "I know nothing about you yet. Tell me something in a chat, such as “My dog is called Rex”, or "
    "write “Remember that …”: it appears here."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has typed for a fact, and what cannot be kept."""

    fact: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FactsView:
    """A page of the panel.

    Attributes:
        facts: Those of this page.
        chats: The names of the conversations that are still there, by their ids.
        n_facts: How many are known in all.
        n_found: How many of them the search finds.
        version: That of the user's facts.
        query: What is searched for; empty for all.
        page: From 1.
        marked: The fact that was asked for or changed; empty where it was none.
        is_one: Whether one fact was asked for.
        note: What became of what was done; may be empty.
        is_refusal: Whether the note says that it was not done.
        draft: What could not be kept.
    """

    facts: tuple[KnownFact, ...]
    chats: Mapping[str, str]
    n_facts: int
    n_found: int
    version: int
    query: str = ""
    page: int = 1
    n_pages: int = 1
    marked: str = ""
    is_one: bool = False
    note: str = ""
    is_refusal: bool = False
    draft: Draft = field(default_factory=Draft)


def address_of(fact_id: str) -> str:
    """Where the panel shows a fact that an answer cites."""
    return f"{ADDRESS}?fact={quote(fact_id, safe='')}"


def view_facts(view: FactsView) -> str:
    """The page that shows a view."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What I remember of you</title>
<link rel="icon" href="/public/favicon.svg">
<link rel="stylesheet" href="/public/source.css">
<link rel="stylesheet" href="/public/memory.css">
<script src="/public/theme.js"></script>
<script src="/public/memory.js" defer></script>
</head>
<body>
<header>
<div class="about"><h1>What I remember of you</h1></div>
<form class="search" role="search" action="{ADDRESS}">
<input type="search" name="q" value="{escape(view.query)}" placeholder="Search" \
aria-label="Search your memories" autocomplete="off">
</form>
</header>
<main data-version="{view.version}">
{_note(view)}{_tools(view)}{_list(view)}{_pager(view)}
</main>
</body>
</html>
"""


def _note(view: FactsView) -> str:
    if not view.note:
        return ""
    kind, role = ("note alert", "alert") if view.is_refusal else ("note", "status")
    return f'<p class="{kind}" role="{role}">{escape(view.note)}</p>\n'


def _tools(view: FactsView) -> str:
    """How many there are, and what can be done with all of them."""
    if not view.n_facts:
        return ""
    count = _count(view.n_facts)
    if view.query:
        count = f"{view.n_found:,} of {count}"
    if view.is_one:
        rest = f'<a class="button" href="{ADDRESS}">All memories</a>'
    else:
        rest = f'''<a class="button" href="{ADDRESS}/export.json" download>Export JSON</a>
<details class="confirm"><summary class="button">Delete all…</summary>
<form method="post" action="{ADDRESS}/delete-all">
<p>Delete all that I remember of you for good ({_count(view.n_facts)})?</p>
<button class="button danger">Delete all</button>
<button type="button" class="button cancel">Cancel</button></form></details>'''
    return f'<div class="tools"><p class="count">{count}</p>\n{rest}</div>\n'


def _list(view: FactsView) -> str:
    if not view.n_facts:
        return f'<p class="refusal">{escape(EMPTY)}</p>'
    if not view.facts:
        return f'<p class="refusal">Nothing that I remember has “{escape(view.query)}” in it.</p>'
    items = "\n".join(_item(fact, view) for fact in view.facts)
    return f'<ol class="facts">\n{items}\n</ol>'


def _item(fact: KnownFact, view: FactsView) -> str:
    text = escape(fact.text)
    is_typed = view.draft.fact == fact.id
    typed = escape(view.draft.text) if is_typed else text
    is_open = " open" if is_typed else ""
    kind = "sheet fact cited" if view.marked == fact.id else "sheet fact"
    return f"""<li class="{kind}" id="fact-{escape(fact.id)}">
<p class="text" dir="auto">{text}</p>
<p class="meta">{_origin(fact, view.chats)}</p>
{_sentence(fact)}{_history(fact, view)}<div class="actions">
<details class="edit"{is_open}><summary class="button" aria-label="Edit: {text}">Edit</summary>
<form method="post" action="{_action(fact, "edit", view)}">
<textarea name="text" required maxlength="{LONGEST_FACT}" rows="2" dir="auto" \
aria-label="The memory in your words">{typed}</textarea>
<button class="button">Save</button>
<button type="button" class="button cancel">Cancel</button></form></details>
<form method="post" action="{_action(fact, "delete", view)}">
<button class="button danger" aria-label="Delete: {text}">Delete</button></form>
</div></li>"""


def _origin(fact: KnownFact, chats: Mapping[str, str]) -> str:
    """What a fact is about, when and where it was said, and when it was of use."""
    place = ""
    if fact.session in chats:
        name = escape(chats[fact.session] or "a chat")
        place = f' in <a target="_top" href="/thread/{quote(fact.session, safe="")}">{name}</a>'
    elif fact.session:
        place = " in a chat that is gone"
    used = f"used on {_time(fact.last_used)}" if fact.last_used else "not used yet"
    return f"{escape(fact.subject)} · said on {_time(fact.said_at)}{place} · {used}"


def _sentence(fact: KnownFact) -> str:
    """The sentence that a fact comes from, where it is not the fact itself."""
    if fact.source_text.strip(" .!") in ("", fact.text.strip(" .!")):
        return ""
    return f'<p class="said" dir="auto">“{escape(fact.source_text)}”</p>\n'


def _history(fact: KnownFact, view: FactsView) -> str:
    if not fact.older:
        return ""
    older = "\n".join(
        f'<li><span dir="auto">{escape(one.text)}</span> '
        f'<span class="meta">{_origin(one, view.chats)}</span></li>'
        for one in fact.older
    )
    is_open = " open" if view.marked == fact.id else ""
    words = f"{len(fact.older)} older version{'s' if len(fact.older) > 1 else ''}"
    return f'<details class="history"{is_open}><summary>{words}</summary><ol>{older}</ol></details>'


def _pager(view: FactsView) -> str:
    if view.n_pages == 1:
        return ""
    before = _step(view, -1, "prev", "‹", "Newer memories") if view.page > 1 else ""
    behind = _step(view, 1, "next", "›", "Older memories") if view.page < view.n_pages else ""
    place = f'<span class="place">{view.page} / {view.n_pages}</span>'
    return f'\n<nav class="pager" aria-label="Pages">{before}{place}{behind}</nav>'


def _step(view: FactsView, by: int, rel: str, arrow: str, words: str) -> str:
    address = f"{ADDRESS}{_asked(view.query, view.page + by)}"
    return (
        f'<a class="step" rel="{rel}" title="{words}" aria-label="{words}" '
        f'href="{escape(address)}">{arrow}</a>'
    )


def _action(fact: KnownFact, verb: str, view: FactsView) -> str:
    place = _asked(view.query, view.page)
    return escape(f"{ADDRESS}/{quote(fact.id, safe='')}/{verb}{place}")


def _asked(query: str, page: int) -> str:
    """The end of an address that says which facts to show."""
    asked = [("q", query)] if query else []
    asked += [("page", str(page))] if page > 1 else []
    return f"?{urlencode(asked)}" if asked else ""


def _count(n_facts: int) -> str:
    return "1 memory" if n_facts == 1 else f"{n_facts:,} memories"


def _time(iso: str) -> str:
    """A time in UTC; the page's script shows it in the reader's own zone."""
    at = datetime.fromisoformat(iso).astimezone(UTC)
    shown = f"{at.day} {at:%B %Y, %H:%M} UTC"
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{shown}</time>'
