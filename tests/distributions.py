"""Plugins as other people's distributions bring them."""

from pathlib import Path


def install(site: Path, distribution: str, entry_points: str, **modules: str) -> None:
    """A distribution as pip leaves it behind, with its modules' sources."""
    info = site / f"{distribution.replace('-', '_')}-1.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text(f"[assistant.plugins]\n{entry_points}\n")
    for name, source in modules.items():
        (site / f"{name}.py").write_text(source, "utf-8")


def install_showing(site: Path) -> None:
    """The plugin of `showing.py`."""
    source = Path(__file__).with_name("showing.py").read_text("utf-8")
    install(site, "showing", "showing = showing_plugin:Showing", showing_plugin=source)
