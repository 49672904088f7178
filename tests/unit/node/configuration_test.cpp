#include "core/node/configuration.h"
#include "core/node/settings.h"
#include "core/node/toml_document.h"
#include "tests/support/folder.h"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstring>

using namespace sanad;
using namespace sanad::node;
namespace fs = std::filesystem;

namespace {

const std::string least =
    "version = 1\n"
    "[node]\n"
    "id = \"ma.cmrpi\"\n"
    "name = \"CMRPI\"\n";

Result<Configuration> parse(std::string_view text) {
    return parse_configuration(text, "/srv/sanad/node.toml");
}

// `more` appended to a configuration that is right without it.
std::string complaint(const std::string& more) {
    const auto read = parse(least + more);
    if (read) return "nothing";
    return read.error().detail;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// `federation.bind`, `staff[].name` in a document, looking into the first of each array.
const TomlValue* find(const TomlValue& document, std::string_view path) {
    const TomlValue* value = &document;
    while (!path.empty() && value != nullptr) {
        const auto dot = std::min(path.find('.'), path.size());
        std::string_view key = path.substr(0, dot);
        path.remove_prefix(std::min(dot + 1, path.size()));
        const bool first_of_array = key.ends_with("[]");
        if (first_of_array) key.remove_suffix(2);
        value = value->find(key);
        if (first_of_array && value != nullptr)
            value = value->items.empty() ? nullptr : &value->items.front();
    }
    return value;
}

}  // namespace

TEST_CASE("a node needs an id and a name, and the rest has defaults") {
    const auto read = parse(least).value();
    CHECK(read.id.text == "ma.cmrpi");
    CHECK(read.country == "MA");
    CHECK(read.folder == "/srv/sanad");
    CHECK(read.vault.source == VaultSource::key_file);
    CHECK(read.vault.key_file == "/srv/sanad/vault.key");
    CHECK(read.store.plugin == "lmdb");
    CHECK(read.federation.bind.empty());
    CHECK(read.federation.directory == "/srv/sanad/directory.note");
    CHECK(read.languages == std::vector<std::string>{"ar", "fr", "en"});
    CHECK(read.log_level == Log::Level::info);
    CHECK(read.door() == "/srv/sanad/door.sock");
}

TEST_CASE("config/node.toml is a configuration, and shows every key there is") {
    const std::string text = test::content_of(SANAD_SOURCE_FOLDER "/config/node.toml");
    const auto read = parse(text);
    CHECK(read.has_value());
    if (!read) WARN(read.error().detail);
    const auto document = parse_toml(text, "node.toml").value();
    const auto keys = configuration_keys();
    CHECK(keys.size() > 40);
    for (const std::string& key : keys) {
        INFO(key);
        CHECK(find(document, key) != nullptr);
    }
}

TEST_CASE("config/node.toml shows the default of each clock") {
    const auto shown = parse(test::content_of(SANAD_SOURCE_FOLDER "/config/node.toml")).value();
    const auto usual = casework::default_clocks();
    CHECK(shown.clocks.referral.limits == usual.referral.limits);
    CHECK(shown.clocks.escalation.limits == usual.escalation.limits);
    CHECK(shown.clocks.confirm_within == usual.confirm_within);
    CHECK(shown.clocks.hold_at_most == usual.hold_at_most);
}

TEST_CASE("config/node.toml shows the default of each limit of exposure, within its range") {
    const auto text = test::content_of(SANAD_SOURCE_FOLDER "/config/node.toml");
    const auto shown = parse(text).value();
    const casework::ExposureRules usual;
    CHECK(shown.exposure.day == usual.day);
    CHECK(shown.exposure.stretch == usual.stretch);
    const auto with = [&](const std::string& line, const std::string& other) {
        auto changed = text;
        changed.replace(changed.find(line), line.size(), other);
        return parse(changed).has_value();
    };
    for (const char* day : {"30 min", "12 h"})
        CHECK(with("day = \"5 h\"", std::string("day = \"") + day + "\""));
    for (const char* day : {"29 min", "13 h"})
        CHECK_FALSE(with("day = \"5 h\"", std::string("day = \"") + day + "\""));
    for (const char* stretch : {"10 min", "4 h"})
        CHECK(with("stretch = \"60 min\"", std::string("stretch = \"") + stretch + "\""));
    for (const char* stretch : {"9 min", "5 h"})
        CHECK_FALSE(with("stretch = \"60 min\"", std::string("stretch = \"") + stretch + "\""));
}

TEST_CASE("every mistake is named with its line and column, and how to mend it") {
    const auto read = parse(
        "version = 1\n"
        "[node]\n"
        "id = \"morocco\"\n"
        "name = \"CMRPI\"\n"
        "nane = \"CMRPI\"\n"
        "[federation]\n"
        "bind = 5670\n");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().fault == Fault::invalid);
    CHECK(read.error().detail ==
          "/srv/sanad/node.toml:3:6: node.id: \"morocco\" is no node id: write the country's two "
          "letters, a dot and a label of a-z, 0-9 and -, such as ma.cmrpi\n"
          "/srv/sanad/node.toml:5:1: node.nane: no such setting: did you mean `name`?\n"
          "/srv/sanad/node.toml:7:8: federation.bind: write text in quotes");
}

TEST_CASE("a missing version, id or name is said, with an example") {
    CHECK(has(parse("[node]\nid = \"ma.cmrpi\"\nname = \"CMRPI\"\n").error().detail,
              "version: is missing: write version = 1"));
    const auto detail = parse("version = 1\n").error().detail;
    CHECK(has(detail, "node.id: is missing: write for example id = \"ma.cmrpi\""));
    CHECK(has(detail, "node.name: is missing"));
    CHECK(has(parse("version = 2\n[node]\nid = \"ma.cmrpi\"\nname = \"CMRPI\"\n").error().detail,
              ":1:11: version: write a whole number from 1 to 1"));
}

TEST_CASE("what is no TOML, or hides something, is refused with its place") {
    CHECK(has(complaint("[log\nlevel = \"info\"\n"), "node.toml:5:"));
    CHECK(has(complaint("[log]\nlevel = \"info\"\nlevel = \"warn\"\n"), "node.toml:7:9: "));
    CHECK(has(complaint("[log]\n\tlevel = \"info\"\n"), "node.toml:6:1: a tab: write spaces"));
    CHECK(has(complaint("[log]\nlevel = \"in\xff\"\n"), "node.toml:6:"));
    CHECK(has(parse("\xEF\xBB\xBF" + least).error().detail, "node.toml:1:1: a byte order mark"));
    CHECK(has(complaint("x = 12a\n"), "node.toml:5:7: "));
    CHECK(has(complaint("[staff]\n"), "node.toml:5:1: staff: write tables, each with [[staff]]"));
    CHECK(has(complaint("x = " + std::string(17, '[') + std::string(17, ']') + "\n"),
              "at most 16 levels"));
    CHECK(parse(std::string(toml_bytes_max + 1, '#')).error().fault == Fault::bad_size);
    CHECK(parse(least + "#" + std::string(toml_bytes_max - least.size() - 1, 'x')).has_value());
}

TEST_CASE("an unknown key names the nearest one there is") {
    CHECK(has(complaint("[log]\nlvel = \"info\"\n"),
              ":6:1: log.lvel: no such setting: did you mean `level`?"));
    CHECK(
        has(complaint("[fedration]\n"), "fedration: no such setting: did you mean `federation`?"));
    CHECK(has(complaint("[log]\nunlike_any_other = 1\n"), "no such setting: use one of level"));
    CHECK(has(complaint("[log]\nlevel = \"infos\"\n"),
              ":6:9: log.level: \"infos\" is not known: did you mean `info`?"));
}

TEST_CASE("an address has a port from 1 to 65535") {
    const auto bind = [](const std::string& text) {
        return complaint("[federation]\nbind = \"" + text + "\"\n");
    };
    for (const char* good : {"tcp://127.0.0.1:1", "tcp://127.0.0.1:65535", "tcp://[::1]:5670",
                             "tcp://127.0.0.1:*", "tcp://node.example.org:5670"})
        CHECK(bind(good) == "nothing");
    for (const char* bad : {"tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:12a",
                            "tcp://127.0.0.1:-1", "127.0.0.1:5670", "tcp://:5670", "tcp://*:*x"})
        CHECK(has(bind(bad), ":6:8: federation.bind: "));
    CHECK(has(bind("tcp://127.0.0.1:0"), "a port from 1 to 65535"));
    CHECK(has(complaint("[federation]\nbind = \"tcp://0.0.0.0:1\"\nendpoints = "
                        "[\"tcp://a.example:0\"]\n"),
              ":7:13: federation.endpoints: "));
    CHECK(has(complaint("[federation]\nendpoints = [\"tcp://a.example:1\"]\n"),
              "set federation.bind as well"));
}

TEST_CASE("a duration has a unit and stands in its range") {
    CHECK(parse_duration("90 s").value() == std::chrono::seconds(90));
    CHECK(parse_duration("15min").value() == std::chrono::minutes(15));
    CHECK(parse_duration("10000 d").value() == std::chrono::days(10'000));
    CHECK(parse_duration("10001 d").error().fault == Fault::invalid);
    CHECK(parse_duration("99999999999999999999 s").error().fault == Fault::invalid);
    for (const char* bad : {"", "15", "-5 s", "5 years", "1.5 h", "s", "5  s", "5 S", "+5 s"})
        CHECK(parse_duration(bad).error().fault == Fault::malformed);

    const auto grace = [](const std::string& value) {
        return complaint("[federation]\ngrace = " + value + "\n");
    };
    CHECK(grace("\"0 s\"") == "nothing");
    CHECK(grace("\"60 d\"") == "nothing");
    for (const char* bad : {"\"61 d\"", "\"-1 d\"", "\"5 years\""})
        CHECK(has(grace(bad), ":6:9: federation.grace: write a duration from \"0 s\" to \"60 d\""));
    CHECK(has(grace("5"), ":6:9: federation.grace: write a duration from"));
}

TEST_CASE("staff have a name each, and only roles that exist") {
    const auto read = parse(least +
                            "[[staff]]\nname = \"amina\"\nroles = [\"counsellor\"]\n"
                            "[[staff]]\nname = \"يوسف\"\nroles = [\"admin\", \"auditor\"]\n")
                          .value();
    REQUIRE(read.staff.size() == 2);
    CHECK(read.staff[1].name == "يوسف");
    CHECK(has(complaint("[[staff]]\nname = \"a\"\nroles = [\"boss\"]\n"),
              ":7:9: staff[].roles: \"boss\" is no role: use volunteer"));
    CHECK(has(complaint("[[staff]]\nname = \"a\"\nroles = [\"admin\", \"admin\"]\n"), "twice"));
    CHECK(has(complaint("[[staff]]\nname = \"a\"\n"), "staff[].roles: are missing"));
    CHECK(has(complaint("[[staff]]\nname = \"a\"\nroles = [\"admin\"]\n"
                        "[[staff]]\nname = \"a\"\nroles = [\"admin\"]\n"),
              ":9:8: staff[].name: \"a\" twice"));
    CHECK(has(complaint("[[staff]]\nname = \"person\"\nroles = [\"admin\"]\n"), "not \"person\""));
    CHECK(has(complaint("[[staff]]\nname = \"a\\u202Eb\"\nroles = [\"admin\"]\n"),
              "without invisible characters"));
    CHECK(
        has(complaint("[[staff]]\nname = \"" + std::string(65, 'a') + "\"\nroles = [\"admin\"]\n"),
            "at most 64 bytes"));
    CHECK(complaint("[[staff]]\nname = \"" + std::string(64, 'a') + "\"\nroles = [\"admin\"]\n") ==
          "nothing");
}

TEST_CASE("a plugin's settings reach it as JSON, with the data folder put in") {
    const auto read = parse(least +
                            "[store.config]\npath = \"{data}/store\"\nmapSizeMiB = 64\n"
                            "[[plugin]]\ninstance = \"chat\"\nplugin = \"webchat\"\n"
                            "[plugin.config]\nlist = [\"{data}/a\", \"b{data}/\"]\non = true\n"
                            "text = \"line\\n\\u0001\\\"قل\"\nreal = 0.5\n")
                          .value();
    CHECK(read.store.config == R"({"mapSizeMiB":64,"path":"/srv/sanad/store"})");
    REQUIRE(read.plugins.size() == 1);
    CHECK(read.plugins[0].config == R"({"list":["/srv/sanad/a","b{data}/"],"on":true,"real":0.5,)"
                                    R"("text":"line\u000a\u0001\"قل"})");
    CHECK(has(complaint("[store.config]\nat = 2026-11-24\n"), "store.config: holds a date"));
    CHECK(has(complaint("[store.config]\nx = nan\n"), "store.config: holds a date"));
}

TEST_CASE("plugins and partners have names of their own, and a partner a plugin that reaches it") {
    const std::string plugin = "[[plugin]]\ninstance = \"hook\"\nplugin = \"webhook\"\n";
    const std::string name = "[partner.name]\nen = \"Aid\"\nfr = \"Aide\"\nar = \"عون\"\n";
    const std::string partner = "[[partner]]\nid = \"aid\"\nplugin = \"hook\"\n" + name;
    CHECK(complaint(plugin + partner) == "nothing");
    CHECK(has(complaint(partner), "no [[plugin]] has the instance \"hook\""));
    CHECK(has(complaint(plugin + plugin), "\"hook\" is taken"));
    CHECK(has(complaint("[[plugin]]\ninstance = \"store\"\nplugin = \"x\"\n"), "is taken"));
    CHECK(has(complaint(plugin + partner + partner), "\"aid\" twice"));
    CHECK(has(complaint(plugin + "[[partner]]\nid = \"aid\"\nplugin = \"hook\"\n"),
              "partner[].name.ar: is missing"));
    CHECK(has(complaint("[[plugin]]\ninstance = \"Ü\"\nplugin = \"x\"\n"), "at most 64 of a-z"));
    std::string many;
    for (std::size_t i = 0; i <= plugins_max; ++i)
        many += "[[plugin]]\ninstance = \"p" + std::to_string(i) + "\"\nplugin = \"x\"\n";
    CHECK(has(complaint(many), "plugin: write at most 32"));
    CHECK(complaint(many.substr(0, many.rfind("[[plugin]]"))) == "nothing");
}

TEST_CASE("clocks rise from step to step and from urgency to urgency") {
    const auto u1 = [](const std::string& limits) {
        return complaint("[clocks.referral]\nU1 = { " + limits + " }\n");
    };
    CHECK(u1("seen = \"3 h\"") == "nothing");
    CHECK(has(u1("stored = \"5 h\""), ":5:1: clocks: the limits do not rise"));
    CHECK(has(u1("seen = 7"), ":6:15: clocks.referral.U1.seen: write a duration"));
    CHECK(has(u1("read = \"7 h\""), "clocks.referral.U1.read: no such setting"));
    CHECK(has(complaint("[clocks.referral]\nU1 = \"5 min\"\n"), "U1: write a table"));
}

TEST_CASE("a configuration is a file that others cannot read, in a folder that they cannot enter") {
    test::Folder folder;
    const auto file = folder.file("node.toml", least);
    CHECK(load_configuration(file).value().folder == folder.path());
    for (const ::mode_t mode : {0604, 0620, 0644, 0602}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        const auto error = load_configuration(file).error();
        CHECK(error.fault == Fault::denied);
        CHECK(has(error.detail, "run chmod 600 " + file.string()));
    }
    REQUIRE(::chmod(file.c_str(), 0640) == 0);
    CHECK(load_configuration(file).has_value());

    REQUIRE(::chmod(folder.path().c_str(), 0750) == 0);
    CHECK(has(load_configuration(file).error().detail, "run chmod 700 " + folder.path().string()));
    REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
    REQUIRE(::symlink(file.c_str(), (folder / "link.toml").c_str()) == 0);
    CHECK(has(load_configuration(folder / "link.toml").error().detail, "is a link"));
    if (::geteuid() != 0) return;  // only root can give a file away
    REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
    CHECK(has(load_configuration(file).error().detail, "run chown"));
}

TEST_CASE("what is no configuration file is refused at once: none, empty, huge, a folder, a FIFO") {
    test::Folder folder;
    CHECK(load_configuration(folder / "none").error().fault == Fault::not_found);
    CHECK(has(load_configuration(folder.file("empty", "")).error().detail, "is empty"));
    CHECK(has(load_configuration(folder.path()).error().detail, "no regular file"));
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(has(load_configuration(folder / "fifo").error().detail, "no regular file"));
    const auto huge = folder.file("huge", "");
    REQUIRE(::truncate(huge.c_str(), 100 << 20) == 0);
    CHECK(load_configuration(huge).error().fault == Fault::bad_size);
}

TEST_CASE("a plugin is found by name in the first folder that has it") {
    test::Folder first, second;
    second.file("webchat.so", "");
    auto read = parse(least + "[plugins]\nfolders = [\"" + first.path().string() + "\", \"" +
                      second.path().string() + "\"]\n")
                    .value();
    const auto found = [&](const std::string& name) {
        PluginSettings plugin;
        plugin.plugin = name;
        return find_plugin(read, plugin);
    };
    CHECK(found("webchat").value() == second / "webchat.so");
    first.file("webchat.so", "");
    CHECK(found("webchat").value() == first / "webchat.so");
    CHECK(found("x/own.so").value() == "/srv/sanad/x/own.so");
    CHECK(has(found("phone").error().detail, second.path().string()));
}

TEST_CASE("people sign in at places that a browser would name, and passkeys are for their domain") {
    const auto accounts = [](const std::string& text) {
        return parse(least + "[accounts]\n" + text).value().accounts;
    };
    CHECK(accounts("").origins.empty());
    CHECK(accounts("").relying_party.empty());
    const auto one = accounts("origins = [\"https://desk.example.org:8443\"]\n");
    CHECK(one.relying_party == "desk.example.org");
    const auto two = accounts(
        "origins = [\"https://desk.example.org\", \"https://desk.salaam.example.org\"]\n"
        "relying_party = \"example.org\"\n");
    CHECK(two.relying_party == "example.org");
    CHECK(origin_host("http://localhost:8081") == "localhost");
    CHECK(origin_host("http://ma.localhost") == "ma.localhost");
    for (const auto* wrong :
         {"", "desk.example.org", "http://desk.example.org", "http://localhost.example.org",
          "https://desk.example.org/", "https://Desk.example.org", "https://desk.example.org:443",
          "http://localhost:80", "https://desk.example.org:0", "https://desk.example.org:65536",
          "https://desk.example.org:", "https://", "https://.org", "https://192.0.2.1",
          "https://a@desk.example.org", "https://[::1]", "https://desk..org", "ftp://desk.org"})
        CHECK(origin_host(wrong).empty());
    CHECK(has(complaint("[accounts]\norigins = [\"http://desk.example.org\"]\n"),
              "accounts.origins: \"http://desk.example.org\" is no place to sign in"));
    CHECK(has(complaint("[accounts]\norigins = [\"https://desk.example.org\"]\n"
                        "relying_party = \"k.example.org\"\n"),
              "accounts.relying_party: is no part of the host"));
    CHECK(has(complaint("[accounts]\nrelying_party = \"example.org\"\n"), "of no use"));
}
