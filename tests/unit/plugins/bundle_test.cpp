#include "core/plugins/bundle.h"

#include "core/base/encoding.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace sanad::plugins {
namespace {

using trust::Seed;
using trust::SignatureType;
using trust::SigningKey;

std::string content_of(const char* file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

struct Trade {
    SigningKey project_key{Seed{1}}, country_key{Seed{2}}, stranger_key{Seed{3}};
    std::vector<BundleSigner> signers{
        {{"project.example", SignatureType::ed25519, project_key.public_key()},
         SignerRole::project,
         {Kind::channel, Kind::storage, Kind::partner}},
        {{"country.example", SignatureType::ed25519, country_key.public_key()},
         SignerRole::country,
         {Kind::partner}}};
    std::string library = content_of(ECHO_PLUGIN);
    ReadBundle bundle = read_bundle(bytes_of(library)).value();
    std::string text = bundle_text(bundle);

    Result<BundleSigner> judge(const std::string& note) const {
        return judge_bundle(bundle, note, signers);
    }
    std::string signed_by_project() const {
        return trust::sign_note(text, project_key, "project.example").value();
    }
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("what is signed of a plugin is its name, its bytes and what it asks for") {
    const Trade trade;
    CHECK(trade.text == "sanad-plugin/v1\nid echo\nversion " + trade.bundle.file.manifest.version +
                            "\nkind channel\nsha256 " +
                            to_hex(trust::sha256(bytes_of(trade.library))) + "\nsize " +
                            std::to_string(trade.library.size()) +
                            "\ngrant inbound.submit\ngrant outbound.deliver\n");
    CHECK(trust::check_note_text(trade.text).has_value());
}

TEST_CASE("a plugin is believed when a key that may sign its kind has signed it") {
    const Trade trade;
    const auto signer = trade.judge(trade.signed_by_project());
    REQUIRE(signer.has_value());
    CHECK(signer->key.name == "project.example");
    CHECK(signer->role == SignerRole::project);
    const auto twice =
        trust::add_signature(trade.signed_by_project(), trade.stranger_key, "stranger.example");
    CHECK(trade.judge(twice.value()).has_value());
}

TEST_CASE("a plugin that nobody known has signed is refused, and so is one of another kind") {
    const Trade trade;
    const auto by = [&](const SigningKey& key, const char* name) {
        return trade.judge(trust::sign_note(trade.text, key, name).value()).error();
    };
    CHECK(by(trade.stranger_key, "stranger.example").fault == Fault::untrusted);
    // The name is nobody's proof.
    CHECK(by(trade.stranger_key, "project.example").fault == Fault::untrusted);
    const auto kind = by(trade.country_key, "country.example");
    CHECK(kind.fault == Fault::untrusted);
    CHECK(kind.detail.find("may not sign a channel") != std::string::npos);
    CHECK(trade.judge("no note at all").error().fault == Fault::malformed);
}

TEST_CASE("a file that changed by one byte has no signature any more") {
    Trade trade;
    const std::string note = trade.signed_by_project();
    std::string other = trade.library;
    other.back() = static_cast<char>(other.back() ^ 1);
    const auto bundle = read_bundle(bytes_of(other));
    REQUIRE(bundle.has_value());
    const auto judged = judge_bundle(*bundle, note, trade.signers);
    REQUIRE_FALSE(judged.has_value());
    CHECK(judged.error().fault == Fault::conflict);
    CHECK(judged.error().detail.find("not the file that was signed") != std::string::npos);
}

TEST_CASE("a note cannot be edited, and its signer cannot grant what the file does not ask for") {
    const Trade trade;
    const auto edited =
        replaced(trade.signed_by_project(), "grant outbound.deliver", "grant net.connect:spare");
    CHECK(trade.judge(edited).error().fault == Fault::bad_signature);
    const auto generous = trust::sign_note(trade.text + "grant net.connect:spare\n",
                                           trade.project_key, "project.example");
    const auto judged = trade.judge(generous.value());
    REQUIRE_FALSE(judged.has_value());
    CHECK(judged.error().fault == Fault::conflict);
    CHECK(judged.error().detail.find("other grants") != std::string::npos);
}

TEST_CASE("a note about another matter, signed by the same key, is no plugin's") {
    const Trade trade;
    const auto note = trust::sign_note("a policy pack\n", trade.project_key, "project.example");
    CHECK(trade.judge(note.value()).error().fault == Fault::malformed);
}

TEST_CASE("of several who signed, the project's word counts before a country's") {
    Trade trade;
    trade.signers[1].kinds.insert(Kind::channel);
    std::swap(trade.signers[0], trade.signers[1]);
    const auto by_country = trust::sign_note(trade.text, trade.country_key, "country.example");
    CHECK(trade.judge(by_country.value())->role == SignerRole::country);
    const auto by_both =
        trust::add_signature(by_country.value(), trade.project_key, "project.example");
    CHECK(trade.judge(by_both.value())->role == SignerRole::project);
}

}  // namespace sanad::plugins
