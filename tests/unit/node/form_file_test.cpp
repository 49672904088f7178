#include "core/node/form_file.h"
#include "core/node/policy_files.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

namespace sanad::node {
namespace {

// An installation with the shipped form, and whatever a test adds to it.
struct Installed {
    Installed() {
        namespace fs = std::filesystem;
        const fs::path config = SANAD_SOURCE_FOLDER "/config";
        fs::create_directories(folder / "share/countries/ma");
        fs::create_directory(folder / "data");
        fs::create_directory_symlink(config / "taxonomy", folder / "share/taxonomy");
        fs::create_directory_symlink(config / "forms", folder / "share/forms");
        configuration.share = folder / "share";
        configuration.folder = folder / "data";
        configuration.country = "MA";
        taxonomies = *load_taxonomies(configuration.share);
    }
    Result<casework::Form> load() { return load_form(configuration, taxonomies); }
    void country(const std::string& text) { folder.file("share/countries/ma/form.toml", text); }

    test::Folder folder;
    Configuration configuration;
    casework::Taxonomies taxonomies;
};

const std::string own =
    "version = \"own-1\"\nremove = [\"settlement\"]\n[[field]]\nid = \"school_told\"\n"
    "type = \"truth\"\nafter = \"living\"\n"
    "label = { en = \"Does the school know?\", fr = \"L’école le sait-elle ?\", "
    "ar = \"هل تعرف المدرسة؟\" }\n";

}  // namespace

TEST_CASE("the shipped form is whole, and a country and a helpline change it in that order") {
    Installed installed;
    const auto shipped = installed.load();
    REQUIRE(shipped);
    CHECK(shipped->version == "1");
    CHECK(shipped->fields.size() > 10);
    installed.country("version = \"ma-2\"\nremove = [\"service_name\"]\n");
    REQUIRE(install_form(installed.configuration, installed.taxonomies, own));
    const auto form = installed.load();
    REQUIRE(form);
    CHECK(form->version == "1 ma-2 own-1");
    CHECK(form->fields.size() == shipped->fields.size() - 1);
    CHECK(form->fields[2].id == "school_told");
}

TEST_CASE("a form with a mistake changes nothing, and the mistake is named with its place") {
    Installed installed;
    REQUIRE(install_form(installed.configuration, installed.taxonomies, own));
    const auto refused = [&](const std::string& text, const char* words) {
        const auto bad = install_form(installed.configuration, installed.taxonomies, text);
        REQUIRE_FALSE(bad);
        INFO(bad.error().detail);
        CHECK(bad.error().detail.find(words) != std::string::npos);
        CHECK(installed.load()->version == "1 own-1");
    };
    refused("version = \"2\"\n[[field]]\nid = \"a\"\ntype = \"colour\"\n", "form.toml:4:");
    refused("version = \"2\"\nremoved = []\n", "form.toml:2:");
    refused("[[field]]\nid = \"a\"\n", "version");
    refused("version = \"2\"\nremove = [\"nothing\"]\n", "nothing");
    refused(
        "version = \"2\"\n[[field]]\nid = \"a\"\ntype = \"choice\"\nlist = \"no-such\"\n"
        "label = { en = \"A\", fr = \"A\", ar = \"أ\" }\n",
        "field a");
    refused("version = ", "form.toml:1:");
    refused(std::string(form_bytes_max + 1, '#'), "too long");
}

}  // namespace sanad::node
