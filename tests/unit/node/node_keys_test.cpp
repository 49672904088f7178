#include "core/node/node_keys.h"
#include "core/base/encoding.h"
#include "core/node/files.h"
#include "core/trust/vault_key.h"
#include "tests/support/counter_entropy.h"
#include "tests/support/folder.h"

#include <sys/stat.h>
#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;

namespace {

trust::Vault vault_of(char key, std::uint8_t store = 1) {
    return {trust::SymmetricKey(bytes_of(std::string(32, key))), trust::StoreId{{store}}};
}

struct Fixture {
    test::Folder folder;
    test::CounterEntropy entropy;
    std::filesystem::path file = folder / "keys.sealed";
};

bool same(const NodeKeys& left, const NodeKeys& right) {
    return left.identity->public_key() == right.identity->public_key() &&
           left.signing.public_key() == right.signing.public_key() &&
           left.sealing.public_key() == right.sealing.public_key() &&
           left.transport.public_key() == right.transport.public_key();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a node's keys come back from their file, and only with their vault") {
    const auto keys = generate_keys(entropy);
    REQUIRE(store_keys(file, keys, vault_of('k'), entropy));
    CHECK(same(load_keys(file, vault_of('k')).value(), keys));
    CHECK(load_keys(file, vault_of('x')).error().fault == Fault::bad_signature);
    CHECK(load_keys(file, vault_of('k', 2)).error().fault == Fault::bad_signature);
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE_METHOD(Fixture,
                 "the four keys of a node are independent, and none lies open in the file") {
    const auto keys = generate_keys(entropy);
    REQUIRE(store_keys(file, keys, vault_of('k'), entropy));
    const auto seeds = {keys.identity->seed(), keys.signing.seed(), keys.sealing.secret().copy(),
                        keys.transport.secret().copy()};
    for (const auto& seed : seeds) {
        CHECK(std::count(seeds.begin(), seeds.end(), seed) == 1);
        CHECK(test::content_of(file).find(to_hex(seed.bytes())) == std::string::npos);
    }
}

TEST_CASE_METHOD(Fixture, "keys are never written over keys") {
    REQUIRE(store_keys(file, generate_keys(entropy), vault_of('k'), entropy));
    const auto before = test::content_of(file);
    CHECK(store_keys(file, generate_keys(entropy), vault_of('k'), entropy).error().fault ==
          Fault::conflict);
    CHECK(test::content_of(file) == before);
}

TEST_CASE_METHOD(Fixture, "a changed file of keys opens nothing, whatever was changed") {
    REQUIRE(store_keys(file, generate_keys(entropy), vault_of('k'), entropy));
    const auto whole = test::content_of(file);
    for (std::size_t i = 0; i < whole.size(); i += 7) {
        auto changed = whole;
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        CHECK_FALSE(load_keys(folder.file("changed", changed), vault_of('k')).has_value());
        CHECK_FALSE(load_keys(folder.file("cut", whole.substr(0, i)), vault_of('k')).has_value());
    }
    CHECK(load_keys(folder.file("more", whole + "x"), vault_of('k')).error().fault ==
          Fault::malformed);
    CHECK(load_keys(folder.file("later", "sanad-keys/v3\n"), vault_of('k')).error().fault ==
          Fault::unsupported);
    // Two keys that change places are two wrong keys.
    const auto identity = whole.find("identity ") + 9, signing = whole.find("signing ") + 8;
    auto swapped = whole;
    for (std::size_t i = 0; i < 2 * trust::wrapped_key_bytes; ++i)
        std::swap(swapped[identity + i], swapped[signing + i]);
    CHECK(load_keys(folder.file("swapped", swapped), vault_of('k')).error().fault ==
          Fault::bad_signature);
    CHECK(load_keys(folder.file("open", whole, 0644), vault_of('k')).error().fault ==
          Fault::denied);
}

TEST_CASE_METHOD(Fixture, "the vault key comes from where the configuration says") {
    VaultSettings settings;
    settings.key_file = folder.file("vault.key", std::string(32, 'k'));
    const trust::SymmetricKey key(bytes_of(std::string(32, 'k')));
    CHECK(load_vault_key(settings, {}).value() == key);

    settings.source = VaultSource::credential;
    settings.credential = "vault.key";
    CHECK(load_vault_key(settings, {}).error().fault == Fault::not_found);
    VaultInputs inputs;
    inputs.credentials_folder = folder.path();
    CHECK(load_vault_key(settings, inputs).value() == key);
}

TEST_CASE_METHOD(Fixture, "a passphrase comes from a file or a person, and makes one key") {
    VaultSettings settings;
    settings.source = VaultSource::passphrase;
    trust::PassphraseHeader header = trust::make_passphrase_header(entropy);
    header.passes = 1;
    header.memory_mib = 16;
    settings.passphrase_header = folder.file("vault.passphrase", trust::format(header));
    CHECK(load_vault_key(settings, {}).error().fault == Fault::not_found);

    VaultInputs inputs;
    inputs.ask_passphrase = [] { return std::string("quinze lettres et plus"); };
    const auto asked = load_vault_key(settings, inputs).value();
    inputs.passphrase_file = folder.file("passphrase", "quinze lettres et plus\n");
    CHECK(load_vault_key(settings, inputs).value() == asked);
    inputs.passphrase_file = folder.file("other", "quinze lettres et PLUS\n");
    CHECK_FALSE(load_vault_key(settings, inputs).value() == asked);
    inputs.passphrase_file = folder.file("short", std::string(14, 'x') + "\n");
    CHECK(load_vault_key(settings, inputs).error().fault == Fault::bad_size);
    inputs.passphrase_file = folder.file("open", "quinze lettres et plus\n", 0644);
    CHECK(load_vault_key(settings, inputs).error().fault == Fault::denied);
}

TEST_CASE_METHOD(Fixture, "a store's id is 32 hexadecimal digits in a file") {
    const trust::StoreId id{{1, 2, 3}};
    REQUIRE(store_store_id(folder / "store.id", id));
    CHECK(load_store_id(folder / "store.id").value() == id);
    CHECK(store_store_id(folder / "store.id", id).error().fault == Fault::conflict);
    const std::string digits(32, 'a');
    for (const std::string& bad : {std::string(), digits, digits + "\n\n", digits.substr(1) + "\n",
                                   "x" + digits.substr(1) + "\n"})
        CHECK_FALSE(load_store_id(folder.file("bad", bad)).has_value());
    CHECK(load_store_id(folder / "none").error().fault == Fault::not_found);
}

TEST_CASE_METHOD(Fixture, "a replaced file is the old one or the new one, with its mode") {
    const auto path = folder.file("x", "old");
    REQUIRE(replace_file(path, "new", 0600));
    CHECK(read_file(path, 3, FileTrust::own).value() == "new");
    CHECK(read_file(path, 2, FileTrust::own).error().fault == Fault::bad_size);
    CHECK(replace_file(folder / "none" / "x", "new", 0600).error().fault == Fault::not_found);
    folder.file("x.new", "left by a power cut");
    REQUIRE(replace_file(path, "newer", 0600));
    CHECK(test::content_of(path) == "newer");
    CHECK_FALSE(std::filesystem::exists(folder / "x.new"));
}
