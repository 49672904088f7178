#include "core/node/initialise.h"
#include "core/node/ceremony.h"
#include "core/node/country_profile.h"
#include "core/node/node_keys.h"
#include "core/plugins/store_plugin.h"
#include "tests/support/folder.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;
namespace fs = std::filesystem;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

struct Fixture {
    test::Folder folder;
    SystemClock clock;
    trust::SystemEntropy entropy;
    NullLog log;
    InitialiseOptions options;

    Fixture() {
        options.folder = folder / "ma";
        options.country = "ma";
        options.share = SANAD_SOURCE_FOLDER "/config";
        options.plugin_folders = {SANAD_LMDB_FOLDER};
    }
    Result<NewNode> make() { return initialise(options, clock, entropy, log); }
    std::size_t entries() const {
        return std::size_t(std::distance(fs::directory_iterator(folder.path()), {}));
    }
    plugins::OpenStore open(const Configuration& configuration) {
        return plugins::open_store(find_plugin(configuration, configuration.store).value(),
                                   configuration.store.config, log, clock)
            .value();
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a new node's store is the one that was asked for, with its settings") {
    options.store_settings = {"mapSizeMiB=64", "path={data}/rows"};
    const auto configuration = make().value().configuration;
    CHECK(configuration.store.plugin == "lmdb");
    CHECK(configuration.store.config ==
          R"({"mapSizeMiB":64,"path":")" + (options.folder / "rows").string() + "\"}");
    CHECK(fs::exists(options.folder / "rows"));

    // One that is not there, and settings that it does not have, make no node.
    options.folder = folder / "other";
    options.store = "nowhere";
    CHECK(make().error().fault == Fault::not_found);
    options.store = "lmdb";
    options.store_settings = {"schema=sanad"};
    const auto refused = make();
    REQUIRE_FALSE(refused.has_value());
    CHECK(has(refused.error().detail, "schema: no such setting"));
    CHECK_FALSE(fs::exists(options.folder));
}

TEST_CASE_METHOD(Fixture, "a new node has a configuration, keys and a store, closed to others") {
    const auto node = make().value();
    const auto& configuration = node.configuration;
    CHECK(configuration.folder == options.folder);
    CHECK(configuration.country == "MA");
    CHECK(has(node.node_line, "node ma."));
    struct stat status{};
    REQUIRE(::stat(options.folder.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
    for (const char* name : {"node.toml", "vault.key", "keys.sealed", "store.id"}) {
        REQUIRE(::stat((options.folder / name).c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == 0600);
    }
    CHECK(entries() == 1);  // no scaffold is left

    const auto id = load_store_id(configuration.store_id_file()).value();
    const trust::Vault vault(load_vault_key(configuration.vault, {}).value(), id);
    CHECK(load_keys(configuration.keys_file(), vault).has_value());
}

TEST_CASE_METHOD(Fixture, "a store is known by its id and its node, and another one is refused") {
    const auto configuration = make().value().configuration;
    const auto id = load_store_id(configuration.store_id_file()).value();
    auto opened = open(configuration);
    CHECK(check_store_identity(*opened.store, id, configuration.id).has_value());
    CHECK(
        check_store_identity(*opened.store, trust::StoreId{{1}}, configuration.id).error().fault ==
        Fault::conflict);
    CHECK(check_store_identity(*opened.store, id, NodeId{"tn.helpline"}).error().fault ==
          Fault::conflict);
    opened.store.reset();
    REQUIRE(opened.instance->stop());
}

TEST_CASE_METHOD(Fixture, "a node is never made over something") {
    fs::create_directory(options.folder);  // empty: that is fine
    REQUIRE(make());
    const auto before = test::content_of(options.folder / "vault.key");
    CHECK(make().error().fault == Fault::conflict);
    CHECK(test::content_of(options.folder / "vault.key") == before);
    options.folder = folder.file("file", "precious");
    CHECK(make().error().fault == Fault::conflict);
    CHECK(test::content_of(options.folder) == "precious");
}

TEST_CASE_METHOD(Fixture, "what goes wrong leaves nothing behind") {
    options.plugin_folders = {folder.path()};
    CHECK(make().error().fault == Fault::not_found);  // no lmdb.so there
    CHECK(entries() == 0);
    options.plugin_folders = {SANAD_LMDB_FOLDER};
    options.listen = "tcp://127.0.0.1:0";
    CHECK(make().error().fault == Fault::invalid);
    options.listen.clear();
    options.vault = VaultSource::credential;
    CHECK(make().error().fault == Fault::unsupported);
    options.vault = VaultSource::key_file;
    options.country = "zz";
    const auto error = make().error();
    CHECK(error.fault == Fault::not_found);
    CHECK(has(error.detail, "ma"));  // of those there are
    options.country = "../ma";
    CHECK(make().error().fault == Fault::not_found);
    options.country = "ma";
    options.folder = folder / "no" / "such" / "folder";
    CHECK(make().error().fault == Fault::not_found);
    CHECK(entries() == 0);
}

TEST_CASE_METHOD(Fixture, "a node is made as the options say") {
    options.node = "ma.test";
    options.name = "خط \"التجربة\"";
    CHECK(make().error().fault == Fault::invalid);  // a double quote in the directory's name
    options.name = "خط التجربة";
    options.listen = "tcp://127.0.0.1:*";
    options.endpoints = {"tcp://127.0.0.1:5670"};
    options.staff = {{"amina", {"counsellor"}}, {"youssef", {"admin", "auditor"}}};
    options.chat_port = 0;
    const auto configuration = make().value().configuration;
    CHECK(configuration.id.text == "ma.test");
    CHECK(configuration.name == "خط التجربة");
    CHECK(configuration.federation.endpoints == options.endpoints);
    CHECK(configuration.staff.size() == 2);
    REQUIRE(configuration.plugins.size() == 1);
    CHECK(has(configuration.plugins[0].config, "\"listenPort\":0"));
}

TEST_CASE_METHOD(Fixture, "the vault key may come from a passphrase instead of a file") {
    options.vault = VaultSource::passphrase;
    options.passphrase = "a passphrase of some length";
    const auto configuration = make().value().configuration;
    CHECK_FALSE(fs::exists(options.folder / "vault.key"));
    VaultInputs inputs;
    inputs.ask_passphrase = [&] { return options.passphrase; };
    const trust::Vault vault(load_vault_key(configuration.vault, inputs).value(),
                             load_store_id(configuration.store_id_file()).value());
    CHECK(load_keys(configuration.keys_file(), vault).has_value());
}

TEST_CASE("the chat page of a country offers what its children write in, the first one first") {
    const auto page = [](const char* country) {
        return load_country(SANAD_SOURCE_FOLDER "/config", country)->page_languages;
    };
    CHECK(page("ma") == std::vector<std::string>{"ar", "ary-Arab", "ary-Latn", "fr", "zgh-Tfng",
                                                 "zgh-Latn", "en"});
    CHECK(page("jo") == std::vector<std::string>{"ar", "en"});  // apc is not on the page
}

TEST_CASE_METHOD(Fixture, "each country's profile makes a node that can be read again") {
    for (const char* country : {"ma", "tn", "dz", "jo", "lb"}) {
        INFO(country);
        const auto profile = load_country(SANAD_SOURCE_FOLDER "/config", country);
        REQUIRE(profile.has_value());
        CHECK(profile->node.text.substr(0, 2) == country);
        options.country = country;
        options.folder = folder / country;
        CHECK(make().has_value());
    }
}
