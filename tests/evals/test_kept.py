"""Keeping what a long study has done."""

from pathlib import Path

from evals.benchmarks.kept import kept


def test_a_recipe_is_run_once(tmp_path: Path) -> None:
    ran: list[str] = []

    def run(name: str) -> dict[str, str]:
        ran.append(name)
        return {"name": name}

    for name in ("a", "b", "a"):
        assert kept(tmp_path / "new", ["recipe", name], lambda name=name: run(name)) == {
            "name": name
        }
    assert ran == ["a", "b"]
