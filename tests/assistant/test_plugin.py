import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError, PluginError
from assistant.plugin import HOOKS, Option, Plugin, Registry, Services, answers, takes
from assistant.schema import Turn
from tests.distributions import install


class Good(Plugin):
    name = "good"
    description = "Does as it is told."


BUILT_IN = ["instruct", "memory", "rag", "spam"]


def with_hook(hook: str, method: Any) -> type[Plugin]:
    return type("Crooked", (Plugin,), {"name": "crooked", hook: method})


def test_a_registered_plugin_is_found_by_its_name(services: Services) -> None:
    registry, plugin = Registry(), Good(services)
    registry.register(plugin)
    assert registry["good"] is plugin
    assert list(registry) == [plugin]


def test_a_second_plugin_of_the_same_name_is_refused(services: Services) -> None:
    registry, first = Registry(), Good(services)
    registry.register(first, origin="first-package")
    with pytest.raises(PluginError, match="'good' of second-package is taken by first-package"):
        registry.register(Good(services), origin="second-package")
    assert registry["good"] is first


def test_a_plugin_without_a_name_is_refused(services: Services) -> None:
    with pytest.raises(PluginError, match="Plugin must have a name: set `name`"):
        Registry().register(Plugin(services))


def test_an_object_that_is_no_plugin_is_refused() -> None:
    with pytest.raises(PluginError, match=r"Path must be a subclass of assistant\.plugin\.Plugin"):
        Registry().register(type("Path", (), {"name": "stray"})())


@pytest.mark.parametrize(
    ("hook", "method", "given"),
    [
        ("gather", lambda self: [], "(self)"),
        ("gather", lambda self, turn, extra: [], "(self, turn, extra)"),
        ("respond", lambda self, turn: None, "(self, turn)"),
        ("respond", lambda self, context, turn: None, "(self, context, turn)"),
        ("observe", lambda self, answer: None, "(self, answer)"),
        ("affinity", lambda self, text: None, "(self, text)"),
        ("warm_up", lambda self, device: None, "(self, device)"),
        ("options", lambda self, turn: (), "(self, turn)"),
        ("rated", lambda self, turn, good: "", "(self, turn, good)"),
        ("gather", staticmethod(lambda turn: []), "(turn)"),
    ],
)
def test_a_hook_with_a_wrong_signature_is_refused_with_both_signatures(
    services: Services, hook: str, method: Any, given: str
) -> None:
    with pytest.raises(PluginError) as refused:
        Registry().register(with_hook(hook, method)(services))
    assert f"{hook}() of the plugin 'crooked' must take (self" in str(refused.value)
    assert str(refused.value).endswith(f"got {given}.")
    assert refused.value.plugin == "crooked"


def with_command(name: str, command: str) -> type[Plugin]:
    return type("Commanded", (Plugin,), {"name": name, "command": command})


def test_a_second_plugin_of_the_same_command_is_refused(services: Services) -> None:
    registry = Registry()
    registry.register(with_command("one", "find")(services))
    registry.register(with_command("two", "")(services))
    registry.register(with_command("three", "")(services))
    with pytest.raises(PluginError, match="/find of the plugin 'four' is taken by 'one'"):
        registry.register(with_command("four", "find")(services))
    assert [plugin.name for plugin in registry] == ["one", "two", "three"]


@pytest.mark.parametrize("command", ["Find", "find it", "find2", "/find", "fünf", "find\n"])
def test_a_command_that_is_no_word_of_small_letters_is_refused(
    services: Services, command: str
) -> None:
    with pytest.raises(PluginError, match="must be a word of the letters a to z"):
        Registry().register(with_command("one", command)(services))


def test_a_command_is_taken_off_the_text(services: Services) -> None:
    registry = Registry()
    registry.register(with_command("finder", "find")(services))
    turn = registry.addressed(Turn(" /Find  my keys\n/find"))
    assert (turn.text, turn.plugin, turn.command) == ("my keys\n/find", "finder", "find")
    named = Turn("/find my keys", plugin="another")
    assert registry.addressed(named) is named


@pytest.mark.parametrize(
    ("path", "is_taken"),
    [("a/b.csv", True), ("B.CSV", True), ("b.tar.gz", True), ("b.gz", False), ("csv", False)],
)
def test_a_plugin_takes_files_by_their_ending(
    services: Services, path: str, is_taken: bool
) -> None:
    kind = type("Taking", (Plugin,), {"name": "taking", "file_endings": (".csv", ".TAR.GZ")})
    assert takes(kind(services), path) == is_taken
    assert not takes(Good(services), path)


ZONE = Option("zone", "Time zone", {"utc": "UTC", "cet": "Central Europe"}, initial="utc")


def test_what_plugins_offer_is_told_apart_by_their_names(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    registry = Registry()
    for name in ("clock", "calendar", "broken"):
        offered = {"options": lambda self: (ZONE,)} if name != "broken" else {"options": raising}
        registry.register(type("Offering", (Plugin,), {"name": name, **offered})(services))
    registry.register(Good(services))
    assert registry.options() == {"clock.zone": ZONE, "calendar.zone": ZONE}
    assert "The plugin broken failed to say what may be chosen." in caplog.text


def raising(self: Plugin) -> None:
    raise RuntimeError("broken")


def test_what_is_chosen_of_an_option_is_one_of_its_values() -> None:
    assert ZONE.chosen("clock", {}) == "utc"
    assert ZONE.chosen("clock", {"clock.zone": "cet", "calendar.zone": "utc"}) == "cet"
    with pytest.raises(InputError, match="'est' is not among the choices of Time zone any more"):
        ZONE.chosen("clock", {"clock.zone": "est"})


def test_every_hook_is_a_method_of_plugin() -> None:
    own = {name for name in vars(Plugin) if callable(getattr(Plugin, name)) and name[0] != "_"}
    assert own == set(HOOKS)


def test_an_unknown_plugin_is_refused_with_those_that_are_installed(services: Services) -> None:
    registry = Registry()
    with pytest.raises(PluginError, match="no plugin 'x': installed are none"):
        registry["x"]
    registry.register(Good(services))
    with pytest.raises(PluginError, match="no plugin 'x': installed are good"):
        registry["x"]


def test_only_a_plugin_that_overrides_respond_answers(services: Services) -> None:
    async def respond(self, turn, context):
        yield ""

    assert answers(with_hook("respond", respond)(services))
    assert not answers(Good(services))


def test_the_hooks_that_are_not_overridden_do_nothing(services: Services) -> None:
    plugin = Good(services)
    assert (plugin.affinity(Turn("x")), plugin.gather(Turn("x"))) == (None, [])
    assert plugin.rated(Turn("x"), None, True) == ""
    assert plugin.options() == ()
    with pytest.raises(PluginError, match="contributes but does not answer"):
        plugin.respond(Turn("x"), None)


def plugin_source(name: str) -> str:
    return (
        "from assistant.plugin import Plugin\n\n\nclass Foreign(Plugin):\n"
        f"    name = {name!r}\n    description = 'A foreign plugin.'\n"
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path, searched last as site-packages of one's own are."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return tmp_path


def statuses(registry: Registry) -> dict[tuple[str, str], str]:
    return {(entry.name, entry.origin): entry.status for entry in registry.listing()}


def test_built_in_and_foreign_plugins_come_in_by_the_same_door(
    services: Services, site: Path
) -> None:
    install(site, "foreign-one", "one = foreign_one:Foreign", foreign_one=plugin_source("one"))
    registry = Registry()
    registry.load_entry_points(services)
    built_in = {(name, "assistant"): "ready" for name in BUILT_IN}
    assert statuses(registry) == {("one", "foreign-one"): "ready", **built_in}
    assert [entry.version for entry in registry.listing() if entry.name == "one"] == ["1.5"]
    assert registry["one"].description == "A foreign plugin."


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module_anywhere\n", "No module named 'no_such_module_anywhere'"),
        ("raise RuntimeError('broken on import')\n", "broken on import"),
        ("class Foreign:\n    def __init__(self, services): pass\n", "must be a subclass"),
        (plugin_source(""), "must have a name"),
        (plugin_source("x") + "    def gather(self): return []\n", "must take (self, turn)"),
        (plugin_source("x") + "    def __init__(self): pass\n", "positional argument"),
        ("Stranger = None\n", "has no attribute 'Foreign'"),
    ],
)
def test_a_foreign_plugin_that_is_broken_is_listed_with_its_reason_and_the_rest_go_on(
    services: Services, site: Path, source: str, reason: str, request: pytest.FixtureRequest
) -> None:
    module = f"foreign_{abs(hash(request.node.name))}"
    install(site, "foreign-two", f"bad = {module}:Foreign", **{module: source})
    registry = Registry()
    registry.load_entry_points(services)
    assert reason in statuses(registry)["bad", "foreign-two"]
    assert [plugin.name for plugin in registry] == BUILT_IN
    with pytest.raises(PluginError, match="no plugin 'bad'"):
        registry["bad"]


def test_a_foreign_plugin_that_takes_a_taken_name_is_listed_as_refused(
    services: Services, site: Path
) -> None:
    install(site, "foreign-rag", "rag = foreign_rag:Foreign", foreign_rag=plugin_source("rag"))
    registry = Registry()
    registry.load_entry_points(services)
    assert [plugin.name for plugin in registry] == BUILT_IN
    assert any(origin == "foreign-rag" for _, origin in statuses(registry))
    assert "is taken by assistant" in statuses(registry)["rag", "foreign-rag"]
