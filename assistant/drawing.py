"""How an answer looks in a terminal while it comes: its text, and its parts as lines and blocks."""

from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table as RichTable
from rich.text import Text

from assistant.events import Event, Finished, Shown, Token
from assistant.schema import (
    Advance,
    Context,
    Download,
    Gauge,
    Histogram,
    Part,
    Share,
    Table,
    WeighedText,
)
from assistant.terminal import CONTROL, out
from assistant.wording import place

BAR_CELLS = 24
N_STRONGEST = 5
"""Words of a weighed text that are named with their weights."""
N_DROPPED = 5
"""Passages that were left out which are named; `--json` has them all."""


class AnswerPrinter:
    """Prints an answer as it comes: text and parts on stdout, progress on stderr.

    Args:
        status: What is shown while there is nothing to print.
    """

    def __init__(self, status: Status) -> None:
        self._status = status
        self._is_inside_line = False

    def show(self, event: Event) -> None:
        """Prints what an event adds to the answer."""
        match event:
            case Token(text):
                self._status.stop()
                out(text, end="")
                self._is_inside_line = not text.endswith("\n")
            case Shown(Advance() as advance):
                self._end_line()
                self._status.update(Text(progress(advance)))
                self._status.start()
            case Shown(part):
                self._status.stop()
                self._end_line()
                _print_part(part)
            case Finished():
                self._status.stop()

    def _end_line(self) -> None:
        if self._is_inside_line:
            out("")
            self._is_inside_line = False


def progress(advance: Advance) -> str:
    """How far long work is, on one line."""
    share = advance.n_done / advance.n_total if advance.n_total else 0.0
    counts = f"{advance.n_done:,} of {advance.n_total:,}"
    return CONTROL.sub("", f"{advance.label} {_bar(share)} {counts}")


def drawn(part: Part) -> list[RenderableType]:
    """A part as lines and tables; nothing in it steers the terminal."""
    match part:
        case Gauge(label, value, low, high):
            ends = (f"{label}:", low, _bar(value), high, f"{value:.2f}")
            return [_line(" ".join(filter(None, ends)))]
        case WeighedText():
            return [_tinted(part), _line(_strongest(part), "dim")]
        case Table(columns, rows, note):
            table = RichTable()
            for name in columns:
                table.add_column(_line(name))
            for row in rows:
                table.add_row(*(_line(cell) for cell in row))
            return [table, _line(note, "dim")] if note else [table]
        case Histogram():
            return [_line(part.title), *map(_line, _bins(part))]
        case Download(name, _, content):
            return [_line(f"{name}, {len(content):,} bytes: the chat page offers it as a file.")]
        case Advance():
            return [_line(progress(part))]


def show_context(context: Context) -> None:
    """Prints what each plugin has of the context, and what was left out."""
    console = Console(highlight=False)
    for line in context_lines(context):
        console.print(_line(line))


def context_lines(context: Context) -> list[str]:
    """A line for each plugin that gathered something, and for what was left out."""
    shares = [share for share in context.shares if share.n_gathered]
    width = max((len(share.plugin) for share in shares), default=0)
    lines = [_share(share, context.budget_tokens, width) for share in shares]
    lines += [
        f"left out: {place(drop.passage)}, {drop.n_tokens:,} tokens: {drop.reason}"
        for drop in context.dropped[:N_DROPPED]
    ]
    n_more = len(context.dropped) - N_DROPPED
    return [*lines, f"left out: {n_more:,} more"] if n_more > 0 else lines


def _share(share: Share, budget_tokens: int, width: int) -> str:
    own = share.budget_tokens
    most = budget_tokens if own is None else own
    bar = _bar(share.n_tokens / most if most else 0.0)
    tokens = f"{share.n_tokens:,} of {most:,} tokens{'' if own is None else ' of its own'}"
    return f"{share.plugin:{width}} {bar} {tokens}, {share.n_kept} of {share.n_gathered} passages"


def _print_part(part: Part) -> None:
    console = Console(highlight=False)
    for line in drawn(part):
        console.print(line)


def _line(text: str, style: str = "") -> Text:
    return Text(CONTROL.sub("", text), style)


def _bar(share: float) -> str:
    n_full = round(min(1.0, max(0.0, share)) * BAR_CELLS)
    return "█" * n_full + "░" * (BAR_CELLS - n_full)


def _tinted(part: WeighedText) -> Text:
    """What speaks for is red, what speaks against is green; the strong ones are bold."""
    text = Text()
    for piece, weight in part.pieces():
        colour = "red" if weight > 0 else "green" if weight < 0 else ""
        strength = "bold " if abs(weight) >= 0.5 else ""
        text.append(CONTROL.sub("", piece), f"{strength}{colour}" if colour else "")
    return text


def _strongest(part: WeighedText) -> str:
    """The words that weighed most, with their weights: colours alone do not reach everyone."""
    weighed = sorted((piece for piece in part.pieces() if piece[1]), key=lambda one: -abs(one[1]))
    return " · ".join(f"{word.strip()} {weight:+.2f}" for word, weight in weighed[:N_STRONGEST])


def _bins(part: Histogram) -> list[str]:
    """A line for each bin: its range, its bar, its count, and the words at both ends."""
    n_bins, most = len(part.counts), max(part.counts, default=0)
    ends = {0: part.low, n_bins - 1: part.high}
    return [
        f"{i / n_bins:.2f}–{(i + 1) / n_bins:.2f} {_bar(count / most if most else 0.0)} "
        f"{count:,} {ends.get(i, '')}".rstrip()
        for i, count in enumerate(part.counts)
    ]
