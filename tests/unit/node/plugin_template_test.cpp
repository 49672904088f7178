#include "core/node/plugin_template.h"

#include "core/trust/keys.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

#include <set>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using plugins::Kind;

const fs::path templates = fs::path(SANAD_SOURCE_FOLDER) / "subprojects/plugin-template";

using Texts = std::vector<std::string>;

struct Written {
    test::Folder folder;
    trust::SystemEntropy entropy;

    Result<std::vector<fs::path>> write(Kind kind, std::string name, std::string contact = {}) {
        return write_plugin({kind, std::move(name), std::move(contact), folder / "new"}, templates,
                            entropy);
    }
    std::string text(const fs::path& name) const { return test::content_of(folder.path() / name); }
};

TEST_CASE("each kind of plugin is a whole project, with its own name everywhere") {
    const Kind kind =
        GENERATE(Kind::channel, Kind::partner, Kind::storage, Kind::desk, Kind::assist);
    Written written;
    const auto files = written.write(kind, "night-line");
    REQUIRE(files.has_value());
    const std::set<fs::path> all(files->begin(), files->end());
    for (const char* name : {"meson.build", "manifest.capnp", "config.capnp", "plugin.cpp",
                             "README.md", "tests/plugin_test.cpp", "subprojects/sanad-sdk.wrap"})
        CHECK(all.count(name) == 1);
    for (const fs::path& name : *files) {
        const std::string text = written.text("new" / name);
        for (const char* blank : {"name-of-plugin", "name_of_plugin", "NameOfPlugin", "contact-of"})
            CHECK(text.find(blank) == text.npos);
    }
    const std::string manifest = written.text("new/manifest.capnp");
    CHECK(manifest.find("id = \"night-line\"") != manifest.npos);
    CHECK(manifest.find(std::string("kind = ") + plugins::name(kind)) != manifest.npos);
    CHECK(manifest.find("contact = \"the author of night-line\"") != manifest.npos);
}

TEST_CASE("the schemas of two new plugins have numbers of their own") {
    Written one, two;
    REQUIRE(one.write(Kind::channel, "night-line", "tech@helpline.example").has_value());
    REQUIRE(two.write(Kind::channel, "night-line").has_value());
    std::set<std::string> numbers;
    for (const Written* written : {&one, &two})
        for (const char* name : {"new/manifest.capnp", "new/config.capnp"})
            numbers.insert(written->text(name).substr(0, 20));
    CHECK(numbers.size() == 4);
    const std::string manifest = one.text("new/manifest.capnp");
    CHECK(manifest.find("contact = \"tech@helpline.example\"") != manifest.npos);
}

TEST_CASE("a name that a plugin cannot have is refused with what is wrong") {
    for (const std::string& name : Texts{"ab", "night-line", "a1-2", std::string(31, 'a')})
        CHECK(check_plugin_name(name).has_value());
    for (const std::string& name :
         Texts{"", "a", "Night", "night_line", "night line", "../night", "1night", "-night",
               "night-", "night--line", "café", std::string(32, 'a')}) {
        const auto checked = check_plugin_name(name);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().fault == Fault::invalid);
        Written written;
        CHECK(written.write(Kind::channel, name).error().fault == Fault::invalid);
        CHECK_FALSE(fs::exists(written.folder / "new"));
    }
}

TEST_CASE("a contact that would end the manifest's text is refused") {
    for (const std::string& contact : Texts{"a\"b", "a\\b", "a\nb", std::string(129, 'a')}) {
        Written written;
        CHECK(written.write(Kind::channel, "night-line", contact).error().fault == Fault::invalid);
    }
}

TEST_CASE("what is there already is never touched") {
    Written written;
    REQUIRE(written.write(Kind::channel, "night-line").has_value());
    const std::string before = written.text("new/plugin.cpp");
    CHECK(written.write(Kind::partner, "other").error().fault == Fault::conflict);
    CHECK(written.text("new/plugin.cpp") == before);
    Written file;
    (void)file.folder.file("new", "mine");
    CHECK(file.write(Kind::channel, "night-line").error().fault == Fault::conflict);
    CHECK(file.text("new") == "mine");
    Written empty;
    fs::create_directory(empty.folder / "new");
    CHECK(empty.write(Kind::channel, "night-line").error().fault == Fault::conflict);
    CHECK(fs::is_empty(empty.folder / "new"));
}

TEST_CASE("a folder below nothing, a template that is not there and an unknown kind are told") {
    Written written;
    const auto below = write_plugin({Kind::desk, "night", "", written.folder / "no/new"}, templates,
                                    written.entropy);
    CHECK(below.error().fault == Fault::not_found);
    const auto none = write_plugin({Kind::desk, "night", "", written.folder / "new"},
                                   written.folder / "no", written.entropy);
    CHECK(none.error().fault == Fault::not_found);
    CHECK(fs::is_empty(written.folder.path()));
    CHECK(plugin_kind("assist").value() == Kind::assist);
    const auto unknown = plugin_kind("telephone");
    CHECK(unknown.error().fault == Fault::invalid);
    CHECK(unknown.error().detail.find("channel, partner, storage, desk, assist") !=
          std::string::npos);
}

}  // namespace
}  // namespace sanad::node
