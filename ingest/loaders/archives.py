"""Looks into a zipped document before anything unpacks it."""

import re
import zipfile
from pathlib import Path

from assistant.errors import DocumentError

MAX_UNPACKED_BYTES = 500_000_000
MAX_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 10_000_000
"""Small parts of honest files shrink as much: the ratio says something only of large ones."""
MAX_MEMBERS = 20_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROBED_BYTES = 2_000
DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
IS_ENCRYPTED = 0x1


def check_archive(path: Path) -> None:
    """Makes sure that a zip archive is whole and of a sane size when unpacked.

    Raises:
        DocumentError: It is no archive, is locked, or would unpack to far more than it should.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DocumentError(_no_archive(path, error), path) from error
    if len(members) > MAX_MEMBERS:
        raise DocumentError(
            f"It looks like a decompression bomb: a document may have {MAX_MEMBERS:,} parts, "
            f"this one has {len(members):,}. {_way_out(path)}",
            path,
        )
    _check_sizes(members, path)
    if any(member.flag_bits & IS_ENCRYPTED for member in members):
        raise DocumentError("It is locked by a password: save it without one.", path)


def check_office_archive(path: Path) -> None:
    """Checks the archive of an Office document; its XML may declare no entities besides.

    Raises:
        DocumentError: As `check_archive`, or a part declares a document type.
    """
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            with archive.open(member) as part:
                # The zeros are those of UTF-16.
                start = part.read(PROBED_BYTES).replace(b"\x00", b"")
            if DECLARATION.search(start):
                raise DocumentError(
                    f"Its part {member.filename} declares XML entities, which no Office program "
                    f"writes and which can grow without end. {_way_out(path)}",
                    path,
                )


def _check_sizes(members: list[zipfile.ZipInfo], path: Path) -> None:
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        raise DocumentError(
            "It looks like a decompression bomb: unpacked, a document may have "
            f"{MAX_UNPACKED_BYTES // 1_000_000} MB, this one has {total // 1_000_000:,} MB. "
            f"{_way_out(path)}",
            path,
        )
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > RATIO_MATTERS_FROM_BYTES and ratio > MAX_RATIO:
            raise DocumentError(
                f"It looks like a decompression bomb: its part {member.filename} is packed "
                f"{ratio:,.0f} to 1, and {MAX_RATIO} to 1 is the most. {_way_out(path)}",
                path,
            )


def _way_out(path: Path) -> str:
    return f"Open it in its own program and save it anew as {path.suffix}, or in smaller files."


def _no_archive(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        start = file.read(len(OLD_OFFICE))
    if start == OLD_OFFICE:
        return (
            f"It cannot be read as {path.suffix}: it is locked by a password or in the format of "
            f"old Office programs. Save it as {path.suffix} without a password."
        )
    return f"It cannot be read as {path.suffix}: it is damaged or another kind of file ({error})."
