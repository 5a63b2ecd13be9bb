from __future__ import annotations

import sys

import pytest

from dualcert.errors import BadConfiguration, BadValue, GiverBroken, NameContested, UnknownChannel, UnknownReporter
from dualcert.reporting.configuration import Configuration, PluginsConfig, RenderConfig
from dualcert.reporting.plugins import check_configured, load_plugins
from dualcert.reporting.rendering import render
from dualcert.testing.books import AS_OF
from hostile_plugins import HOSTILE, SOUND, reporter

SLOW = RenderConfig(seconds=1.0)
"""For what never ends; all else has the time it needs, however busy the machine is."""
FEW = RenderConfig(seconds=600, megabytes=4)


def test_a_plugin_is_found_by_its_distribution(install):
    point = install("sound", SOUND, version="2.1")

    (plugin,) = load_plugins(Configuration(), [point]).plugins
    assert (plugin.distribution, plugin.version, plugin.loaded, list(plugin.reporters)) == (
        "dualcert-sound",
        "2.1",
        True,
        ["sound"],
    )


def test_what_is_not_allowed_is_not_even_imported(install):
    points = [install("sound", SOUND), install("other", reporter("other", "return []"))]
    configuration = Configuration(plugins=PluginsConfig(allow=("Dualcert_Sound",)))

    loaded = load_plugins(configuration, points)

    assert loaded.reporters == ["sound"]
    assert "dualcert_other" not in sys.modules
    assert [plugin.allowed for plugin in loaded.plugins] == [False, True]


def test_an_empty_list_allows_nothing(install):
    point = install("sound", SOUND)

    assert load_plugins(Configuration(plugins=PluginsConfig(allow=())), [point]).reporters == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_with_a_plugin_is_named_and_costs_only_that_plugin(install, small_books, name, capfd):
    code, source = HOSTILE[name]
    points = [install("a-sound-one", SOUND), install(name, source)]

    plugins = load_plugins(Configuration(render=SLOW if code == "plugin-too-slow" else FEW), points)
    request, views = small_books.asked(None)
    rendered = [render(plugins, each, request, views) for each in plugins.reporters]

    found = [(trouble.code, plugin.distribution) for plugin in plugins.plugins for trouble in plugin.troubles]
    found += [(one.trouble.code, one.distribution) for one in rendered if one.trouble]
    assert found == [(code, f"dualcert-{name}")]
    (sound,) = [one for one in rendered if one.reporter == "sound"]
    assert [(each.filename, each.content) for each in sound.artifacts] == [("sound.txt", b"sound")]
    assert all(one.artifacts == () for one in rendered if one.trouble)
    assert capfd.readouterr() == ("", "")


def test_what_a_reporter_prints_is_counted_and_not_shown(install, small_books, capfd):
    source = reporter("loud", 'print("x" * 1000)\nprint("y", file=sys.stderr)\nreturn []')
    plugins = load_plugins(Configuration(), [install("loud", source)])

    assert render(plugins, "loud", *small_books.asked(None)).printed == 1003
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_by_the_user_is_no_fault_of_the_plugin(install, small_books):
    plugins = load_plugins(Configuration(), [install("slow", reporter("slow", "raise KeyboardInterrupt"))])

    with pytest.raises(KeyboardInterrupt):
        render(plugins, "slow", *small_books.asked(None))


def test_a_name_that_two_plugins_give_belongs_to_neither_until_the_configuration_says_whose_it_is(install):
    """Otherwise whoever is earlier in the alphabet would write the office's letters."""
    points = [install(name, reporter("same", f"return ['{name}']")) for name in ("b", "a")]

    plugins = load_plugins(Configuration(), points)
    assert plugins.reporters == []
    assert plugins.contested == {"reporter.same": ("dualcert-a", "dualcert-b")}
    assert plugins.broken == []
    with pytest.raises(NameContested, match="dualcert-a, dualcert-b"):
        plugins.reporter("same")

    owned = Configuration(plugins=PluginsConfig(owners={"reporter.same": "Dualcert_B"}))
    assert load_plugins(owned, points).reporter("same")[0].distribution == "dualcert-b"
    nobodys = Configuration(plugins=PluginsConfig(owners={"reporter.same": "dualcert-c"}))
    assert load_plugins(nobodys, points).reporters == []


def test_a_reporter_that_a_broken_plugin_may_give_is_not_just_unknown(install):
    points = [install("sound", SOUND), install("lost", "import no_such_module")]

    with pytest.raises(GiverBroken, match="dualcert-lost"):
        load_plugins(Configuration(), points).reporter("lost")


def test_a_name_that_no_plugin_gives_is_refused_with_those_that_are(install):
    plugins = load_plugins(Configuration(), [install("sound", SOUND)])

    with pytest.raises(UnknownReporter) as refused:
        plugins.reporter("bulletins")
    assert refused.value.known == ("sound",)
    with pytest.raises(UnknownChannel):
        plugins.channel("smtp")


def test_a_table_of_the_configuration_that_is_for_nobody_is_refused(install):
    configuration = Configuration(reporter={"sond": {}})

    with pytest.raises(BadConfiguration, match=r"reporter\.sond"):
        check_configured(load_plugins(configuration, [install("sound", SOUND)]))


TYPED = """
from attrs import frozen
from dualcert.reporting import Document, hookimpl

@frozen
class Config:
    issuer: str
    copies: int = 1

class Reporter:
    name, summary, Config, triggers = "typed", "for a test", Config, ()
    def render(self, request, views):
        yield Document("typed.txt", "text/plain", f"{request.config.issuer} {request.config.copies}".encode())

@hookimpl
def dualcert_reporters():
    return [Reporter()]
"""


def test_a_reporter_gets_its_own_configuration(install, small_books):
    point = install("typed", TYPED)

    def made(**table):
        plugins = load_plugins(Configuration(reporter={"typed": table}), [point])
        return render(plugins, "typed", *small_books.asked(None)).artifacts[0].content.decode()

    assert made(issuer="农业农村厅", copies=2) == "农业农村厅 2"
    for wrong in (
        {},
        {"issuer": 7},
        {"issuer": "x", "copies": "two"},
        {"issuer": "x", "copys": 2},
    ):
        with pytest.raises(BadConfiguration, match=r"reporter\.typed"):
            made(**wrong)


def test_a_reporter_that_changes_the_world_under_its_views_changes_nothing(install, small_books):
    """Books answer with frozen values; what a reporter asks leaves no trace in the books."""
    body = """
row = views.ratio("city").rows[0]
try: row.dual = 99
except Exception as error: yield Document("refused.txt", "text/plain", type(error).__name__.encode())
"""
    plugins = load_plugins(Configuration(), [install("forger", reporter("forger", body))])

    before = small_books.registry.ratio("city", as_of=AS_OF)
    (made,) = render(plugins, "forger", *small_books.asked(None)).artifacts

    assert made.content == b"FrozenInstanceError"
    assert small_books.registry.ratio("city", as_of=AS_OF) == before


@pytest.mark.parametrize("triggers", ['("weekly",)', '("county.delisted", "county.delistd")', '("",)'])
def test_a_trigger_that_never_comes_is_refused(install, triggers):
    source = reporter("slip", "return []").replace('("daily",)', triggers)
    (plugin,) = load_plugins(Configuration(), [install("slip", source)]).plugins

    (trouble,) = plugin.troubles
    assert (trouble.code, "never come" in trouble.detail, plugin.reporters) == ("plugin-contract", True, {})


def test_a_fact_that_no_log_can_have_is_not_asked_for(small_books):
    _, books = small_books.asked(None)

    assert books.facts("lab.registered")
    with pytest.raises(BadValue, match=r"no\.such\.fact"):
        books.facts("no.such.fact")


def test_a_plugin_that_prints_while_it_is_loaded_works_and_what_it_printed_is_kept(install, capfd):
    """A warning of a library, or a line of a log, is no fault of the plugin."""
    point = install("loud", 'print("x" * 1_000)\n' + reporter("loud", "return []"))

    plugins = load_plugins(Configuration(), [point])

    assert (plugins.reporters, plugins.broken) == (["loud"], [])
    (trouble,) = plugins.plugins[0].troubles
    assert (trouble.code, trouble.detail) == ("plugin-printed", f"import: 1001 characters: {'x' * 200}")
    assert capfd.readouterr() == ("", "")
