#include "core/node/key_rotation.h"

#include "core/base/encoding.h"
#include "core/federation/directory_lines.h"
#include "core/node/ceremony.h"
#include "core/node/files.h"
#include "tests/support/counter_entropy.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;

namespace {

const Time now{1'795'485'600'000};

struct Keys {
    Keys() {
        configuration.folder = folder.path();
        configuration.id = NodeId{"tn.amal"};
        configuration.country = "TN";
        configuration.name = "Amal";
        configuration.languages = {"ar"};
        REQUIRE(store_keys(configuration.keys_file(), generate_keys(entropy), vault, entropy));
    }
    NodeKeys load() const { return load_keys(configuration.keys_file(), vault).value(); }
    void rotate(const KeyKinds& kinds) {
        REQUIRE(rotate_keys(configuration, vault, kinds, entropy).has_value());
    }
    federation::KeyBundle bundle(const std::filesystem::path& identity = {}) const {
        auto line = bundle_line(configuration, load(), identity, now).value();
        line.pop_back();
        return federation::parse_node_line(std::string_view(line).substr(5)).value().keys;
    }
    /// What the node does when a directory has these keys of it.
    bool follow(const federation::KeyBundle& bundle, Time when = now) {
        bool changed = false;
        REQUIRE(update_keys(configuration.keys_file(), vault, entropy,
                            [&](NodeKeys& keys) -> Result<void> {
                                changed = take_over(keys, bundle, when);
                                return {};
                            })
                    .has_value());
        return changed;
    }

    test::Folder folder;
    test::CounterEntropy entropy;
    trust::Vault vault{trust::SymmetricKey(bytes_of(std::string(32, 'k'))), trust::StoreId{{1}}};
    Configuration configuration;
};

}  // namespace

TEST_CASE_METHOD(Keys, "the next key waits beside the one in use until a directory has it") {
    const auto before = load();
    rotate({.signing = true, .sealing = true, .transport = true});
    const auto waiting = load();
    CHECK(waiting.signing.public_key() == before.signing.public_key());
    CHECK(waiting.next.signing->public_key() != before.signing.public_key());
    const auto offered = bundle();
    CHECK(offered.signing == waiting.next.signing->public_key());
    CHECK(offered.sealing == waiting.next.sealing->public_key());
    CHECK(offered.transport == waiting.next.transport->public_key());
    CHECK(offered.identity == before.identity->public_key());
    CHECK(federation::verify_key_bundle(configuration.id, offered).has_value());

    CHECK(follow(offered));
    const auto after = load();
    CHECK(after.signing.public_key() == offered.signing);
    CHECK(after.sealing.public_key() == offered.sealing);
    CHECK(after.transport.public_key() == before.transport.public_key());  // that one waits
    CHECK_FALSE(after.next.signing.has_value());
    CHECK(after.next.transport.has_value());
    CHECK_FALSE(follow(offered));  // once
    auto keys = load();
    CHECK(take_over_transport(keys, offered));
    CHECK(keys.transport.public_key() == offered.transport);
    CHECK_FALSE(take_over_transport(keys, offered));
}

TEST_CASE_METHOD(Keys, "a directory with keys that this node never made changes nothing") {
    rotate({.signing = true});
    auto other = bundle();
    other.signing[0] ^= 1;
    CHECK_FALSE(follow(other));
    CHECK(load().next.signing.has_value());
}

TEST_CASE_METHOD(Keys, "a former sealing key opens for 30 days, then it is destroyed") {
    const auto old = load().sealing.public_key();
    const auto box = trust::seal_to(old, bytes_of("for the old key"), entropy).value();
    rotate({.sealing = true});
    REQUIRE(follow(bundle()));
    NodeKeys in_use = generate_keys(entropy);
    use_keys(in_use, load());
    CHECK(in_use.sealing.public_key() == load().sealing.public_key());
    CHECK(in_use.sealing.open(box).has_value());
    CHECK(load().former.front().until == now + former_sealing_life);

    auto keys = load();
    CHECK(destroy_former(keys, now + former_sealing_life - Duration(1)) == 0);
    CHECK(destroy_former(keys, now + former_sealing_life) == 1);
    use_keys(in_use, keys);
    CHECK(in_use.sealing.open(box).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Keys, "the next sealing key opens before a directory has it") {
    rotate({.sealing = true});
    const auto box =
        trust::seal_to(load().next.sealing->public_key(), bytes_of("early"), entropy).value();
    NodeKeys in_use = generate_keys(entropy);
    use_keys(in_use, load());
    CHECK(in_use.sealing.public_key() == load().sealing.public_key());
    CHECK(in_use.sealing.open(box).has_value());
}

TEST_CASE_METHOD(Keys, "at most so many former sealing keys are kept, the newest") {
    for (std::size_t i = 0; i < former_sealing_max + 2; ++i) {
        rotate({.sealing = true});
        REQUIRE(follow(bundle(), now + std::chrono::days(i)));
    }
    const auto keys = load();
    CHECK(keys.former.size() == former_sealing_max);
    CHECK(keys.former.front().until > keys.former.back().until);
}

TEST_CASE_METHOD(Keys, "the identity key lies offline, and is brought to sign the next bundle") {
    const auto identity = load().identity->public_key();
    const auto file = folder / "tn.identity";
    REQUIRE(take_identity_out(configuration, vault, file, entropy).has_value());
    CHECK_FALSE(load().identity.has_value());
    CHECK(take_identity_out(configuration, vault, folder / "again", entropy).error().fault ==
          Fault::not_found);
    CHECK(bundle_line(configuration, load(), {}, now).error().fault == Fault::not_found);
    rotate({.signing = true});
    CHECK(bundle(file).identity == identity);
    CHECK(follow(bundle(file)));

    CHECK(load_identity(file, NodeId{"ma.cmrpi"}).error().fault == Fault::conflict);
    const auto text = test::content_of(file);
    for (std::size_t i = 0; i < text.size(); i += 5)
        CHECK_FALSE(load_identity(folder.file("cut", text.substr(0, i)), configuration.id));
    CHECK(load_identity(folder.file("open", text, 0644), configuration.id).error().fault ==
          Fault::denied);
}

TEST_CASE_METHOD(Keys, "an identity that cannot be written stays in the node") {
    CHECK(take_identity_out(configuration, vault, folder / "none" / "x", entropy).error().fault ==
          Fault::not_found);
    CHECK(load().identity.has_value());
    const auto there = folder.file("there", "something");
    CHECK(take_identity_out(configuration, vault, there, entropy).error().fault == Fault::conflict);
    CHECK(load().identity.has_value());
    CHECK(test::content_of(there) == "something");
}

TEST_CASE_METHOD(Keys, "a changed file of next and former keys opens nothing") {
    rotate({.signing = true, .sealing = true, .transport = true});
    REQUIRE(follow(bundle()));
    rotate({.signing = true, .sealing = true});
    const auto whole = test::content_of(configuration.keys_file());
    REQUIRE(whole.starts_with("sanad-keys/v2\n"));
    for (std::size_t i = 0; i < whole.size(); i += 11) {
        auto changed = whole;
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        const auto read = load_keys(folder.file("changed", changed), vault);
        // The time of a former key is in the clear; everything else is sealed or has one form.
        if (read) CHECK(read->former.size() == 1);
        if (read) CHECK(read->next.signing.has_value());
    }
    CHECK(load_keys(folder.file("more", whole + "x"), vault).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Keys, "the keys are shown as words, and no secret with them") {
    rotate({.sealing = true});
    const auto keys = load();
    const auto text = describe_node_keys(keys);
    CHECK(text.find("waits for a directory") != std::string::npos);
    CHECK(text.find(to_hex(keys.signing.seed().bytes())) == std::string::npos);
    CHECK(text.find(to_hex(keys.sealing.secret().bytes())) == std::string::npos);
}
