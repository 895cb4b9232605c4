"""Reads scanned pages with Tesseract, where it is installed."""

import os
import shutil
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium

OCR_SECONDS = 200.0
"""Once the scanned pages of a file have taken this long, the rest of them is reported instead."""
PAGE_SECONDS = 60.0
"""Longest time for one page."""
DOTS_PER_INCH = 300
MOST_PIXELS = 25_000_000
"""Larger pages are drawn coarser; an A4 page has nine million."""
MOST_LANGUAGES = 3
"""Each language makes reading slower."""
SHOWN_PAGES = 10

NOT_INSTALLED = "without a text layer"
NO_TEXT = "in which OCR found no text"
NO_TIME = f"that OCR had no time for within {OCR_SECONDS:.0f} seconds a file"
FAILED = "on which OCR failed"
WAY_OUT = {
    NOT_INSTALLED: "install Tesseract (the command tesseract) for OCR and ingest the file again.",
    NO_TIME: "split the file, or run it through OCR first, and ingest it again.",
    FAILED: "run the file through OCR and ingest it again.",
}


@dataclass(frozen=True, slots=True)
class Tesseract:
    """An installed Tesseract.

    Attributes:
        languages: As its `-l` takes them: `eng+deu`.
    """

    command: str
    languages: str

    def read(self, image: bytes, dots_per_inch: int, timeout_seconds: float) -> str:
        """Text of an image in any of the formats that Tesseract knows.

        Raises:
            subprocess.SubprocessError: It failed or took too long.
        """
        done = subprocess.run(  # noqa: S603 - the command is the one found on the path
            [self.command, "-", "-", "-l", self.languages, "--dpi", str(dots_per_inch)],
            input=image,
            capture_output=True,
            timeout=timeout_seconds,
            check=True,
            # Files are read in several processes already: threads would only wait for each other.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        return done.stdout.decode("utf-8", "replace")


def find_tesseract() -> Tesseract | None:
    """The Tesseract on the path, if there is one and it has a language."""
    command = shutil.which("tesseract")
    languages = _languages(Path(command)) if command else ()
    if command is None or not languages:
        return None
    return Tesseract(command, "+".join(languages[:MOST_LANGUAGES]))


@cache
def _languages(command: Path) -> tuple[str, ...]:
    """Installed languages, English first."""
    listed = subprocess.run(  # noqa: S603 - the command is the one found on the path
        [command, "--list-langs"], capture_output=True, text=True, timeout=PAGE_SECONDS, check=False
    )
    found = {line.strip() for line in listed.stdout.splitlines()[1:]} - {"", "osd", "equ"}
    return tuple(sorted(found, key=lambda language: (language != "eng", language)))


class ScanReader:
    """Reads the scanned pages of one file, and keeps count of those that it could not read."""

    def __init__(self) -> None:
        self._tesseract = find_tesseract()
        self._seconds = 0.0
        self._unread: defaultdict[str, list[int]] = defaultdict(list)

    def read(self, page: pdfium.PdfPage, number: int) -> str:
        """Text of a page, empty where it cannot be read; `number` is the one to report."""
        if self._tesseract is None:
            return self._missed(number, NOT_INSTALLED)
        if self._seconds >= OCR_SECONDS:
            return self._missed(number, NO_TIME)
        began = time.monotonic()
        try:
            image, dots_per_inch = _image(page)
            text = self._tesseract.read(image, dots_per_inch, PAGE_SECONDS)
        except (subprocess.SubprocessError, OSError):
            return self._missed(number, FAILED)
        finally:
            self._seconds += time.monotonic() - began
        return text if text.strip() else self._missed(number, NO_TEXT)

    def warnings(self, n_pages: int) -> list[str]:
        """What was not read and why, as sentences."""
        return [_warning(pages, n_pages, reason) for reason, pages in self._unread.items()]

    def _missed(self, number: int, reason: str) -> str:
        self._unread[reason].append(number)
        return ""


def _image(page: pdfium.PdfPage) -> tuple[bytes, int]:
    """A page as a grey picture (PGM), and its dots per inch."""
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy()
    header = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    return header + pixels.reshape(bitmap.height, bitmap.width).tobytes(), round(72 * scale)


def _warning(pages: list[int], n_pages: int, reason: str) -> str:
    shown = ", ".join(map(str, pages[:SHOWN_PAGES])) + (
        " and more" if len(pages) > SHOWN_PAGES else ""
    )
    sentence = f"{len(pages)} of {n_pages} pages are scanned images {reason} (page {shown})"
    return f"{sentence}: {WAY_OUT[reason]}" if reason in WAY_OUT else f"{sentence}."
