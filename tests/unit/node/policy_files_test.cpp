#include "core/node/policy_files.h"

#include "core/node/ceremony.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

namespace sanad::node {
namespace {

const std::filesystem::path config_folder = SANAD_SOURCE_FOLDER "/config";

struct Office {
    Office() {
        trust::SystemEntropy entropy;
        signer = create_steward_key(folder / "policy.key", "legal.example", entropy).value();
        configuration.folder = folder.path();
        configuration.share = config_folder;
    }

    std::string pack(std::uint32_t version) const {
        auto text = test::content_of(config_folder / "policy" / "ma.policy");
        const std::string line = "version 1\n";
        return text.replace(text.find(line), line.size(),
                            "version " + std::to_string(version) + "\n");
    }
    Result<federation::SignedPolicy> install(const std::string& text) {
        return install_policy(configuration, load_policies(configuration, taxonomies).value(), text,
                              taxonomies);
    }

    test::Folder folder;
    casework::Taxonomies taxonomies = load_taxonomies(config_folder).value();
    Configuration configuration;
    trust::Verifier signer;
};

}  // namespace

TEST_CASE("the shipped packs load, each for its countries, and none counts as reviewed") {
    Office office;
    const auto policies = load_policies(office.configuration, office.taxonomies);
    REQUIRE(policies.has_value());
    CHECK(policies->packs.size() == 6);
    for (const char* country : {"ma", "dz", "tn", "jo", "lb", "fr", "de"}) {
        const auto* policy = policies->of_country(country);
        REQUIRE(policy != nullptr);
        CHECK_FALSE(policy->is_reviewed());
        CHECK(policy->from_installation);
    }
    CHECK(policies->of_country("us") == nullptr);
    const auto verdict = policies->check({.from = "ma",
                                          .to = "us",
                                          .recipient = casework::Recipient::node,
                                          .basis = "save_life",
                                          .purpose = "referral",
                                          .items = {}});
    CHECK_FALSE(verdict.allowed);
    CHECK(verdict.rulings.back().rule == "no-pack-for-us");
}

TEST_CASE("a pack counts as reviewed when the key that the node names has signed that it is") {
    Office office;
    const auto note = sign_policy(office.pack(2), "Maître Invented, Rabat",
                                  office.folder / "policy.key", office.taxonomies);
    REQUIRE(note.has_value());
    // By itself the claim is worth nothing.
    CHECK_FALSE(federation::open_policy(*note, {}, office.taxonomies)->is_reviewed());
    CHECK(federation::open_policy(*note, office.signer, office.taxonomies)->is_reviewed());
    auto forged = *note;
    forged.replace(forged.find("save_life"), 9, "legal_aid");
    CHECK_FALSE(federation::open_policy(forged, office.signer, office.taxonomies).has_value());

    office.configuration.policy_signer = office.signer;
    CHECK(office.install(office.pack(2)).error().fault == Fault::untrusted);
    REQUIRE(office.install(*note).has_value());
    const auto after = load_policies(office.configuration, office.taxonomies);
    REQUIRE(after.has_value());
    CHECK(after->named("ma")->is_reviewed());
    CHECK_FALSE(after->named("ma")->from_installation);
    CHECK(federation::describe_policy(*after->named("ma")).find("Maître Invented") !=
          std::string::npos);
}

TEST_CASE(
    "an older pack, or another text of the same version, does not take the place of a newer") {
    Office office;
    REQUIRE(office.install(office.pack(3)).has_value());
    CHECK(office.install(office.pack(2)).error().detail == "policy_older");
    auto other = office.pack(3);
    other.replace(other.find("mutual_legal_aid "), 17, "");
    CHECK(office.install(other).error().detail == "policy_older");
    CHECK(office.install(office.pack(3)).has_value());
    CHECK(office.install(office.pack(4)).has_value());
    CHECK(load_policies(office.configuration, office.taxonomies)->named("ma")->pack.version == 4);
}

TEST_CASE("two packs for one country, and one that cannot be read, are refused by name") {
    Office office;
    auto twice = office.pack(1);
    for (std::size_t at = 0; (at = twice.find("ma-", at)) != twice.npos; at += 3)
        twice.replace(at, 3, "mm-");
    twice.replace(twice.find("pack ma\n"), 8, "pack mm\n");
    CHECK(office.install(twice).error().fault == Fault::conflict);
    std::filesystem::create_directory(office.folder / "policy");
    office.folder.file("policy/broken.policy", "nonsense\n");
    const auto loaded = load_policies(office.configuration, office.taxonomies);
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().detail.find("broken.policy") != std::string::npos);
}

}  // namespace sanad::node
