"""Makes electronic books for the tests."""

import zipfile
from pathlib import Path

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Nonsense  Songs</dc:title></metadata>
<manifest>{items}<item id="nav" href="nav.xhtml" properties="nav"
media-type="application/xhtml+xml"/><item id="css" href="a.css" media-type="text/css"/></manifest>
<spine>{spine}</spine></package>"""
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
    '<nav epub:type="toc"><ol>{entries}</ol></nav></body></html>'
)
CHAPTER = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
    '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title/><script src='a.js'/></head><body>{}</body></html>"
)


def write_epub(path: Path, chapters: dict[str, str], **more: str) -> Path:
    """A book with these chapters' bodies by their titles, and more files by their names."""
    names = [f"chapter {number}.xhtml" for number in range(1, len(chapters) + 1)]
    hrefs = [name.replace(" ", "%20") for name in names]
    items = "".join(
        f'<item id="c{at}" href="{href}" media-type="application/xhtml+xml"/>'
        for at, href in enumerate(hrefs)
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(names)))
    entries = "".join(
        f'<li><a href="{href}">{title}</a></li><li><a href="{href}#later">Later part</a></li>'
        for href, title in zip(hrefs, chapters, strict=True)
        if title
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("OEBPS/book.opf", PACKAGE.format(items=items, spine=spine))
        book.writestr("OEBPS/nav.xhtml", NAV.format(entries=entries))
        for name, body in zip(names, chapters.values(), strict=True):
            book.writestr(f"OEBPS/{name}", CHAPTER.format(body))
        for name, content in more.items():
            book.writestr(name.replace("__", "/"), content)
    return path
