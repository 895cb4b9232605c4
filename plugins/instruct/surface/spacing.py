"""Where spaces stand between words and marks: English rules, only those that are mostly right."""

NO_SPACE_BEFORE = frozenset(".,!?;:%)]}…°”’»")
NO_SPACE_AFTER = frozenset("([{$#£€¥“‘«¿¡")
NO_SPACE_AROUND = frozenset("-/\\@^–—‐‑")
QUOTES = frozenset("\"'")
"""Those that open and close alike."""
APOSTROPHES = frozenset("'’")
CONTRACTED = frozenset("s t re ve ll d m".split())
"""What stands after the apostrophe of a contraction or a genitive."""
ELIDED = frozenset("d l o".split())
"""What stands before the apostrophe of a name such as O'Neill."""
MINUS_AFTER = frozenset("is are was of to from and or = ,".split())
"""What a minus, not a hyphen, stands after if a number follows."""
DOMAINS = frozenset("com org edu gov".split())


class Spacing:
    """Goes through the words and marks of a text in order: `gap`, then `follow`, for each."""

    def __init__(self) -> None:
        self._before = ""
        self._latest = ""
        self._joins_next = True
        self._open: set[str] = set()
        self._lines = _Lines()

    def gap(self, key: str, next_piece: str) -> str:
        """What should stand before the next word or mark: a space, a line break or nothing.

        Args:
            key: The word or the mark, in lower case.
            next_piece: How the text goes on; empty at its end.
        """
        if self._lines.begins(key, next_piece) and self._latest:
            return "\n"
        if self._joins_next or key in NO_SPACE_BEFORE or key in self._open:
            return ""
        if key in NO_SPACE_AROUND:
            is_dash = key == next_piece == "-"
            return " " if is_dash or self._is_minus(key, next_piece) else ""
        return "" if self._continues(key, next_piece) else " "

    def follow(self, key: str, gap: str, next_piece: str) -> None:
        """Goes on behind a word or mark.

        Args:
            key: As in `gap`.
            gap: What was put before it.
            next_piece: As in `gap`.
        """
        joins_next = key in NO_SPACE_AFTER or key in NO_SPACE_AROUND
        if key == "-" and self._latest in ("", "-"):
            joins_next = next_piece[:1].isdigit()
        elif self._is_apostrophe(key, next_piece):
            joins_next = True
        elif key in QUOTES:
            joins_next = bool(gap) or self._joins_next
            self._open = self._open | {key} if joins_next else self._open - {key}
        self._joins_next = joins_next
        self._before, self._latest = self._latest, key
        self._lines.follow(key, next_piece)

    def is_contracted(self, key: str) -> bool:
        """Whether the next word is the end of a contraction or a genitive."""
        return key in CONTRACTED and self._latest in APOSTROPHES and self._joins_next

    def _continues(self, key: str, next_piece: str) -> bool:
        """Whether this goes on without a space: don't, 3.5, 10,000, 9:30, U.S., x.com."""
        before, mark = self._before, self._latest
        if key[0].isdigit() and before.isdigit():
            n_digits = {",": 3, ":": 2}.get(mark)
            return mark == "." or len(key) == n_digits
        if mark == ".":
            is_initial = len(before) == len(key) == 1 and before.isalpha() and next_piece == "."
            return is_initial or key in DOMAINS or before == "www"
        return self._is_apostrophe(key, next_piece)

    def _is_apostrophe(self, key: str, next_piece: str) -> bool:
        is_between = key in APOSTROPHES and self._latest.isalnum() and next_piece.isalnum()
        return is_between and (next_piece in CONTRACTED or self._latest in ELIDED)

    def _is_minus(self, key: str, next_piece: str) -> bool:
        return key == "-" and self._latest in MINUS_AFTER and next_piece[:1].isdigit()


class _Lines:
    """Tells which words begin a line: 1. one 2. two, or Ann: hello Ben: hi."""

    def __init__(self) -> None:
        self._latest = ""
        self._n_items = 0
        self._n_words = 0
        self._has_labels = False

    def begins(self, key: str, next_piece: str) -> bool:
        if next_piece == ".":
            is_open = self._n_items > 0 or self._latest in ("", ":")
            return is_open and key == str(self._n_items + 1)
        return next_piece == ":" and self._has_labels and key.isalpha()

    def follow(self, key: str, next_piece: str) -> None:
        self._n_items += next_piece == "." and self.begins(key, next_piece)
        self._n_words += 1
        self._has_labels |= self._n_words == 2 and key == ":"
        self._latest = key
