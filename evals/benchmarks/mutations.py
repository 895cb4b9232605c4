"""Damages files, the way that disks, networks and people with bad intentions do."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

Mutate = Callable[[bytes, Random], bytes]

BRACKETS = (
    b"(",
    b"[",
    b"{",
    b"<",
    b"<div>",
    b"<table><tr><td>",
    b"<<",
    b"{\\rtf1",
    b'{"a":',
    b"[[",
)
HUGE = (b"99999999999999999999", b"-1", b"4294967295", b"1e999", b"0")
SIZES = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x00\x00\x01\x00")
MOST_NESTED = 20_000
MOST_REPEATED = 200_000
BOMB_BYTES = 100_000_000
NUMBER = re.compile(rb"\d+")


def mutated(content: bytes, random: Random) -> bytes:
    """A file's content with one to three kinds of damage; what is a zip archive, mostly inside."""
    if content.startswith(b"PK\x03\x04") and random.random() < 0.8:
        return in_archive(content, random)
    for _ in range(random.randint(1, 3)):
        content = random.choice(MUTATIONS)(content, random)
    return content


def in_archive(content: bytes, random: Random) -> bytes:
    """A zip archive with one of its members damaged, renamed, doubled, gone or huge."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = random.randrange(len(members))
    name, body = members[at]
    kind = random.choice(("damage", "damage", "damage", "rename", "double", "drop", "bomb"))
    if kind == "damage":
        members[at] = name, random.choice(MUTATIONS)(body, random)
    elif kind == "rename":
        members[at] = random.choice((f"../{name}", name.upper(), "other")), body
    elif kind == "double":
        members.append((name, random.choice(MUTATIONS)(body, random)))
    elif kind == "drop":
        del members[at]
    else:
        members[at] = name, body + b" " * BOMB_BYTES
    return _zipped(members)


def flip_bits(content: bytes, random: Random) -> bytes:
    """Some bits turned over."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 8, 64)) if content else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def truncate(content: bytes, random: Random) -> bytes:
    """Only its beginning, or only its end."""
    at = random.randrange(len(content) + 1)
    return content[:at] if random.random() < 0.8 else content[at:]


def repeat_slice(content: bytes, random: Random) -> bytes:
    """A part of it several times over."""
    start, end = _slice(content, random)
    most = max(2, MOST_REPEATED // max(1, end - start))
    return content[:end] + content[start:end] * random.randint(1, min(1000, most)) + content[end:]


def drop_slice(content: bytes, random: Random) -> bytes:
    """A part of it left out."""
    start, end = _slice(content, random)
    return content[:start] + content[end:]


def swap_slices(content: bytes, random: Random) -> bytes:
    """Two parts of it in each other's place."""
    one, two, three = sorted(random.randrange(len(content) + 1) for _ in range(3))
    return content[:one] + content[two:three] + content[one:two] + content[three:]


def insert_noise(content: bytes, random: Random) -> bytes:
    """Random bytes in between."""
    at = random.randrange(len(content) + 1)
    return content[:at] + random.randbytes(random.choice((1, 16, 4096))) + content[at:]


def change_size(content: bytes, random: Random) -> bytes:
    """Four bytes that may be a length or an offset, as large or as small as can be."""
    at = random.randrange(len(content) + 1)
    return content[:at] + random.choice(SIZES) + content[at + 4 :]


def change_number(content: bytes, random: Random) -> bytes:
    """A written number of absurd size; a change of four bytes where there is none."""
    numbers = list(NUMBER.finditer(content))
    if not numbers:
        return change_size(content, random)
    chosen = random.choice(numbers)
    return content[: chosen.start()] + random.choice(HUGE) + content[chosen.end() :]


def nest(content: bytes, random: Random) -> bytes:
    """Brackets or elements that are opened thousands of times."""
    at = random.randrange(len(content) + 1)
    n_times = random.randint(100, MOST_NESTED)
    return content[:at] + random.choice(BRACKETS) * n_times + content[at:]


MUTATIONS: tuple[Mutate, ...] = (
    flip_bits,
    truncate,
    repeat_slice,
    drop_slice,
    swap_slices,
    insert_noise,
    change_size,
    change_number,
    nest,
)


def _slice(content: bytes, random: Random) -> tuple[int, int]:
    one, other = random.randrange(len(content) + 1), random.randrange(len(content) + 1)
    return min(one, other), max(one, other)


def _zipped(members: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name twice is what is wanted
        for name, body in members:
            archive.writestr(name, body)
    return packed.getvalue()
