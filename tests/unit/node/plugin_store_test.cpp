#include "core/node/plugin_store.h"

#include "core/node/ceremony.h"
#include "core/node/files.h"
#include "core/node/plugin_comparison.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// The echo plugin under another version or with another wish: texts of the same length are put in
// the place of others.
struct Echo {
    std::string bytes = test::content_of(ECHO_PLUGIN);

    Echo& with(const std::string& from, const std::string& to) {
        REQUIRE(from.size() == to.size());
        REQUIRE(bytes.find(from) != std::string::npos);
        for (auto at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1))
            bytes.replace(at, from.size(), to);
        return *this;
    }
};

const std::string first_version = "1.2.3";

struct Place {
    Place() {
        configuration.folder = folder.path();
        configuration.file = folder / "node.toml";
        configuration.plugin_folders = {folder / "shipped"};
        fs::create_directory(folder / "shipped");
        trust::SystemEntropy entropy;
        project = create_steward_key(folder / "project.key", "project.example", entropy).value();
        partner = create_steward_key(folder / "partner.key", "partner.example", entropy).value();
        settings.instance = "echo";
        settings.plugin = "echo";
    }
    void ask_for_signatures() {
        using plugins::Kind;
        using plugins::SignerRole;
        configuration.plugin_signers.push_back(
            {project, SignerRole::project, {Kind::channel, Kind::partner}});
        configuration.plugin_signers.push_back({partner, SignerRole::partner, {Kind::channel}});
    }

    fs::path file(const std::string& name, const Echo& echo) const {
        return folder.file(name, echo.bytes);
    }
    fs::path signed_file(const std::string& name, const Echo& echo, const char* key) const {
        const auto path = file(name, echo);
        const auto note = sign_plugin(path, {}, folder / key);
        REQUIRE(note.has_value());
        folder.file(name + ".note", *note);
        return path;
    }
    Result<InstalledPlugin> install(const fs::path& path, Words grants = {}) const {
        return install_plugin(configuration, {path, {}, std::move(grants)});
    }
    std::string version_in_use() const {
        const auto opened = open_plugin(configuration, settings);
        REQUIRE(opened.has_value());
        return opened->manifest().version;
    }

    test::Folder folder;
    Configuration configuration;
    PluginSettings settings;
    trust::Verifier project, partner;
};

}  // namespace

TEST_CASE("a record of what is in use reads as it was written, and no other text does") {
    const PluginVersion one{std::string(64, 'a'), {"inbound.submit", "net.listen:listen"}};
    const PluginVersion other{std::string(64, 'b'), {}};
    for (const PluginUse& use : {PluginUse{}, PluginUse{one, {}}, PluginUse{one, other}})
        CHECK(parse_plugin_use(write_plugin_use(use)).value() == use);
    for (const char* text : {"", "current", "sanad-plugin-use/v1\ncurrent x\n",
                             "sanad-plugin-use/v1\ngrant inbound.submit\n"})
        CHECK(parse_plugin_use(text).error().fault == Fault::malformed);
    CHECK(parse_plugin_use("sanad-plugin-use/v2\n").error().fault == Fault::unsupported);
}

TEST_CASE("an installed version takes the place of the one in the folder, and can be taken back") {
    Place place;
    place.file("shipped/echo.so", Echo());
    CHECK(place.version_in_use() == first_version);
    const auto installed = place.install(place.file("new.so", Echo().with("1.2.3", "1.2.4")));
    REQUIRE(installed.has_value());
    CHECK(installed->former == first_version);
    CHECK(place.version_in_use() == "1.2.4");
    REQUIRE(roll_back_plugin(place.configuration, "echo").has_value());
    CHECK(place.version_in_use() == first_version);
    REQUIRE(roll_back_plugin(place.configuration, "echo").has_value());
    CHECK(place.version_in_use() == "1.2.4");
}

TEST_CASE("there is nothing to go back to before something was installed") {
    const Place place;
    CHECK(roll_back_plugin(place.configuration, "echo").error().fault == Fault::denied);
}

TEST_CASE("an installed file is called by its hash, may not be written, and is not written again") {
    const Place place;
    const auto path = place.file("new.so", Echo());
    const auto installed = place.install(path);
    REQUIRE(installed.has_value());
    const fs::path kept = place.configuration.plugin_store() / (installed->bundle.hash + ".so");
    struct stat before{};
    REQUIRE(::stat(kept.c_str(), &before) == 0);
    CHECK((before.st_mode & 0777) == 0400);
    REQUIRE(place.install(path).has_value());
    struct stat after{};
    REQUIRE(::stat(kept.c_str(), &after) == 0);
    CHECK(after.st_ino == before.st_ino);
}

TEST_CASE("a file that was exchanged in the data folder is not loaded") {
    const Place place;
    const auto installed = place.install(place.file("new.so", Echo()));
    REQUIRE(installed.has_value());
    const fs::path kept = place.configuration.plugin_store() / (installed->bundle.hash + ".so");
    fs::remove(kept);
    fs::copy_file(place.file("other.so", Echo().with("1.2.3", "1.2.9")), kept);
    const auto opened = open_plugin(place.configuration, place.settings);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().fault == Fault::conflict);
}

TEST_CASE("what was opened is what is loaded, whatever comes under its name meanwhile") {
    const Place place;
    const auto path = place.file("shipped/echo.so", Echo());
    const auto opened = open_plugin(place.configuration, place.settings);
    REQUIRE(opened.has_value());
    fs::rename(place.file("other.so", Echo().with("1.2.3", "1.2.9")), path);
    CHECK(plugins::read_plugin(opened->path())->manifest.version == first_version);
    CHECK(place.version_in_use() == "1.2.9");
}

TEST_CASE("a node that names signers installs and loads only what one of them has signed") {
    Place place;
    place.ask_for_signatures();
    const auto bare = place.install(place.file("bare.so", Echo()));
    REQUIRE_FALSE(bare.has_value());
    CHECK(bare.error().fault == Fault::untrusted);
    CHECK(bare.error().detail.find("sanad plugin sign") != std::string::npos);
    CHECK_FALSE(fs::exists(place.configuration.plugin_store()));

    const auto good = place.install(place.signed_file("good.so", Echo(), "partner.key"));
    REQUIRE(good.has_value());
    CHECK(good->signer == "partner.example");
    CHECK(place.version_in_use() == first_version);

    // Whom it does not believe any more, it does not load any more.
    place.configuration.plugin_signers.pop_back();
    CHECK(open_plugin(place.configuration, place.settings).error().fault == Fault::untrusted);
}

TEST_CASE("in a folder, too, a plugin needs its note beside it") {
    Place place;
    place.ask_for_signatures();
    place.file("shipped/echo.so", Echo());
    CHECK(open_plugin(place.configuration, place.settings).error().fault == Fault::untrusted);
    place.signed_file("shipped/echo.so", Echo(), "project.key");
    CHECK(place.version_in_use() == first_version);
    place.file("shipped/echo.so", Echo().with("1.2.3", "1.2.9"));
    CHECK(open_plugin(place.configuration, place.settings).error().fault == Fault::conflict);
}

TEST_CASE("what runs inside the node needs the signature of the project") {
    Place place;
    place.ask_for_signatures();
    place.settings.placement = Placement::in_process;
    place.signed_file("shipped/echo.so", Echo(), "partner.key");
    const auto opened = open_plugin(place.configuration, place.settings);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().fault == Fault::untrusted);
    CHECK(opened.error().detail.find("isolated") != std::string::npos);
    place.signed_file("shipped/echo.so", Echo(), "project.key");
    CHECK(open_plugin(place.configuration, place.settings).has_value());
}

TEST_CASE("a signature more leaves those that are there, and another text begins anew") {
    const Place place;
    const auto path = place.file("echo.so", Echo());
    const auto one = sign_plugin(path, {}, place.folder / "project.key");
    const auto two = sign_plugin(path, one.value(), place.folder / "partner.key");
    CHECK(trust::parse_note(two.value())->signatures.size() == 2);
    place.file("echo.so", Echo().with("1.2.3", "1.2.9"));
    const auto anew = sign_plugin(path, two.value(), place.folder / "project.key");
    CHECK(trust::parse_note(anew.value())->signatures.size() == 1);
}

TEST_CASE("a version gets no grant that the one before did not have, unless a person gives it") {
    Place place;
    place.file("shipped/echo.so", Echo());
    const Echo wishful = Echo().with("1.2.3", "1.2.4").with("outbound.deliver", "net.connect:spar");
    const auto path = place.file("new.so", wishful);
    const auto installed = place.install(path);
    REQUIRE(installed.has_value());
    CHECK(installed->grants == Words{"inbound.submit"});
    CHECK(installed->withheld == Words{"net.connect:spar"});
    const auto effective = [&] {
        return effective_grants(open_plugin(place.configuration, place.settings).value(),
                                place.settings);
    };
    CHECK(effective() == Words{"inbound.submit"});

    SECTION("when it is installed") {
        const auto again = place.install(path, {"net.connect:spar"});
        REQUIRE(again.has_value());
        CHECK(again->withheld.empty());
        CHECK(effective() == Words{"inbound.submit", "net.connect:spar"});
        // The way back is still there, and with it what that version had.
        REQUIRE(roll_back_plugin(place.configuration, "echo").has_value());
        CHECK(place.version_in_use() == first_version);
        CHECK(effective() == Words{"inbound.submit", "outbound.deliver"});
    }
    SECTION("or in node.toml, whose list has the last word") {
        place.settings.grants = Words{"net.connect:spar"};
        CHECK(effective() == Words{"net.connect:spar"});
    }
    SECTION("which it must have asked for") {
        CHECK(place.install(path, {"kv:1000"}).error().fault == Fault::invalid);
    }
}

TEST_CASE("a plugin that never ran here gets what it asks for when a person installs it") {
    const Place place;
    const auto installed = place.install(place.file("new.so", Echo()));
    REQUIRE(installed.has_value());
    CHECK(installed->grants == Words{"inbound.submit", "outbound.deliver"});
    CHECK(installed->former.empty());
}

TEST_CASE("what is switched off is remembered") {
    const Place place;
    CHECK(disabled_plugins(place.configuration)->empty());
    REQUIRE(set_disabled(place.configuration, "chat", true).has_value());
    REQUIRE(set_disabled(place.configuration, "ngo", true).has_value());
    CHECK(disabled_plugins(place.configuration).value() == std::set<std::string>{"chat", "ngo"});
    REQUIRE(set_disabled(place.configuration, "chat", false).has_value());
    CHECK(disabled_plugins(place.configuration).value() == std::set<std::string>{"ngo"});
}

TEST_CASE("what differs between two versions is shown before one of them runs") {
    const Place place;
    const auto before = look_at_plugin(nullptr, place.file("before.so", Echo()));
    const auto after = look_at_plugin(
        nullptr,
        place.file("after.so",
                   Echo().with("1.2.3", "1.2.4").with("outbound.deliver", "net.connect:spar")));
    REQUIRE(before.has_value());
    REQUIRE(after.has_value());
    const auto differences = compare_plugins(*before, *after);
    REQUIRE(differences.has_value());
    CHECK(std::ranges::find(*differences, PluginDifference{"version", "1.2.3", "1.2.4"}) !=
          differences->end());
    CHECK(std::ranges::find(*differences, PluginDifference{"grant", "", "net.connect:spar"}) !=
          differences->end());
    CHECK(std::ranges::find(*differences, PluginDifference{"grant", "outbound.deliver", ""}) !=
          differences->end());
    CHECK(differences->size() == 4);  // and the hash
    CHECK(compare_plugins(*before, *before)->empty());
}

}  // namespace sanad::node
