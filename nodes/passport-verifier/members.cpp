#include "nodes/passport-verifier/members.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/trust/keys.h"
#include "nodes/passport-verifier/directory_words.h"

#include <algorithm>
#include <set>

namespace sanad::verifier {
namespace {

std::unexpected<Error> bad(Fault fault, const std::string& what) {
    return fail(fault, "directory: " + what);
}

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Decimal in its one form.
Result<std::uint64_t> number(std::string_view text) {
    if (text.empty() || text.size() > 13 || !is_digits(text) || (text.size() > 1 && text[0] == '0'))
        return bad(Fault::malformed, "a number");
    std::uint64_t value = 0;
    for (const char c : text) value = value * 10 + std::uint64_t(c - '0');
    return value;
}

Result<Time> second(std::string_view text) {
    const auto time = parse_time(text);
    if (!time || time->ms % 1000 != 0 || format_time(*time) != text)
        return bad(Fault::malformed, "a time");
    return time;
}

/// Cuts a text at its separators; a value that is not there is a fault of the whole.
struct Cursor {
    std::string_view rest;
    bool sound = true;

    std::string_view until(std::string_view before, std::string_view end) {
        const auto stop = rest.find(end, before.size());
        if (!sound || !rest.starts_with(before) || stop == rest.npos) {
            sound = false;
            return {};
        }
        const auto value = rest.substr(before.size(), stop - before.size());
        rest.remove_prefix(stop + end.size());
        return value;
    }
    bool at(std::string_view before) const { return sound && rest.starts_with(before); }
};

template <std::size_t N>
bool decode(std::string_view base64, std::array<std::uint8_t, N>& to) {
    const auto bytes = from_base64(base64);
    if (!bytes || bytes->size() != N) return false;
    std::ranges::copy(*bytes, to.begin());
    return true;
}

/// The five values of a key bundle and the signature over them.
struct Bundle {
    trust::PublicKey identity{}, signing{};
    trust::SealingPublicKey sealing;
    trust::TransportPublicKey transport;
};

Result<Bundle> read_bundle(const std::string& id, std::string_view text) {
    Bundle keys;
    trust::Signature signature{};
    const auto unsigned_part = text.substr(0, text.find(",signature:"));
    std::string line(text);
    Cursor cursor{line.append(",")};
    const bool decoded = decode(cursor.until("identity:", ","), keys.identity) &&
                         decode(cursor.until("signing:", ","), keys.signing) &&
                         decode(cursor.until("sealing:", ","), keys.sealing.bytes) &&
                         decode(cursor.until("transport:", ","), keys.transport.bytes);
    const auto issued = second(cursor.until("issued:", ","));
    if (!decoded || !issued || !decode(cursor.until("signature:", ","), signature) ||
        !cursor.sound || !cursor.rest.empty())
        return bad(Fault::malformed, id + ": keys");
    if (!trust::is_usable(keys.identity) || !trust::is_usable(keys.signing) ||
        !trust::is_usable(keys.sealing) || !trust::is_usable(keys.transport))
        return bad(Fault::invalid, id + ": a key nobody can own");
    const std::string said =
        "sanad/key-bundle/v1\nnode " + id + "\n" + std::string(unsigned_part) + "\n";
    if (!trust::verify(keys.identity, bytes_of(said), signature))
        return bad(Fault::bad_signature, id + ": keys that its identity did not sign");
    return keys;
}

using KeySet = std::set<std::array<std::uint8_t, 32>>;

// One line: `<id> country=.. name=".." languages=.. services=.. endpoints=.. keys=.. status=..`
Result<Member> read_member(std::string_view line, KeySet& seen) {
    std::string whole(line);
    Cursor cursor{whole.append("\n")};
    Member member;
    member.id = cursor.until("", " ");
    if (!is_node_id(member.id)) return bad(Fault::malformed, "a node's id");
    const auto country = cursor.until("country=", " ");
    const std::string wanted{char(member.id[0] - 32), char(member.id[1] - 32)};
    member.name = cursor.until("name=\"", "\" ");
    const auto languages = cursor.until("languages=", " ");
    const auto services = cursor.until("services=", " ");
    const auto endpoints = cursor.until("endpoints=", " ");
    const auto keys = cursor.until("keys=", " ");
    const auto status = cursor.until("status=", "\n");
    if (!cursor.sound || country != wanted || !check_label(member.name, 128) ||
        member.name.find('"') != std::string::npos || !are_languages(languages) ||
        !are_services(services) || !are_endpoints(endpoints) ||
        (status != "active" && status != "revoked"))
        return bad(Fault::malformed, member.id + ": its line");
    member.revoked = status == "revoked";
    const auto bundle = read_bundle(member.id, keys);
    if (!bundle) return std::unexpected(bundle.error());
    member.signing = bundle->signing;
    for (const auto& key :
         {bundle->identity, bundle->signing, bundle->sealing.bytes, bundle->transport.bytes})
        if (!seen.insert(key).second) return bad(Fault::invalid, member.id + ": a key twice");
    return member;
}

Result<void> read_head(Cursor& cursor, Federation& federation) {
    if (!cursor.at("sanad-directory/v1\n"))
        return bad(cursor.at("sanad-directory/") ? Fault::unsupported : Fault::malformed, "format");
    cursor.until("sanad-directory/v1", "\n");
    federation.name = cursor.until("federation ", "\n");
    const auto version = number(cursor.until("version ", "\n"));
    const auto issued = second(cursor.until("issued ", "\n"));
    const auto expires = second(cursor.until("expires ", "\n"));
    const auto threshold = number(cursor.until("threshold ", "\n"));
    if (!cursor.sound || !is_code(federation.name, 63, '-') || !version || *version == 0 ||
        *version > 1'000'000'000'000 || !issued || !expires || !threshold)
        return bad(Fault::malformed, "its first lines");
    if (*expires <= *issued) return bad(Fault::invalid, "expires before it is issued");
    federation.version = *version;
    federation.issued = *issued;
    federation.expires = *expires;
    federation.threshold = *threshold;
    return {};
}

Result<void> read_own_stewards(Cursor& cursor, Federation& federation, KeySet& seen) {
    std::set<std::string> names;
    while (cursor.at("steward ")) {
        const auto steward = trust::parse_verifier(cursor.until("steward ", "\n"));
        if (!steward) return std::unexpected(steward.error());
        if (federation.stewards.size() == stewards_max)
            return bad(Fault::exhausted, "too many stewards");
        if (steward->type != trust::SignatureType::ed25519 || !names.insert(steward->name).second ||
            !seen.insert(steward->key).second)
            return bad(Fault::invalid, "steward " + steward->name);
        federation.stewards.push_back(*steward);
    }
    if (federation.threshold == 0 || federation.threshold > federation.stewards.size())
        return bad(Fault::invalid, "threshold");
    return {};
}

Result<Federation> read_text(std::string_view text) {
    Federation federation;
    KeySet seen;
    std::set<std::string> ids;
    Cursor cursor{text};
    if (const auto head = read_head(cursor, federation); !head)
        return std::unexpected(head.error());
    if (const auto stewards = read_own_stewards(cursor, federation, seen); !stewards)
        return std::unexpected(stewards.error());
    while (cursor.at("node ")) {
        auto member = read_member(cursor.until("node ", "\n"), seen);
        if (!member) return std::unexpected(member.error());
        if (federation.members.size() == members_max)
            return bad(Fault::exhausted, "too many nodes");
        if (!ids.insert(member->id).second) return bad(Fault::invalid, member->id + ": twice");
        federation.members.push_back(std::move(*member));
    }
    if (!cursor.sound || !cursor.rest.empty()) return bad(Fault::malformed, "an unknown line");
    return federation;
}

// Counts keys and not names: one key under two names is one steward.
Result<std::vector<trust::Verifier>> enough(const trust::Note& note,
                                            std::span<const trust::Verifier> stewards,
                                            std::uint64_t threshold) {
    const auto signers = trust::verify_note(note, stewards);
    if (!signers) return bad(signers.error().fault, signers.error().detail);
    KeySet keys;
    for (const auto& signer : *signers) keys.insert(signer.key);
    if (threshold == 0 || keys.size() < threshold)
        return bad(Fault::untrusted, "signed by " + std::to_string(keys.size()) + " of the " +
                                         std::to_string(threshold) + " stewards it needs");
    return signers;
}

}  // namespace

bool is_node_id(std::string_view text) {
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    return text.size() >= 4 && text.size() <= 31 && is_lower(text[0]) && is_lower(text[1]) &&
           text[2] == '.' && is_code(text.substr(3), 28, '-');
}

const Member* Federation::find(std::string_view id) const {
    const auto found = std::ranges::find(members, id, &Member::id);
    return found == members.end() ? nullptr : &*found;
}

Result<Stewards> read_stewards(std::string_view text) {
    Stewards stewards;
    Cursor cursor{text};
    const bool is_trust_file = cursor.at("sanad-trust/");
    if (is_trust_file) {
        cursor.until("sanad-trust/v1", "\n");
        const auto threshold = number(cursor.until("threshold ", "\n"));
        if (!cursor.sound || !threshold) return fail(Fault::malformed, "not a list of stewards");
        stewards.threshold = *threshold;
    }
    KeySet seen;
    while (!cursor.rest.empty()) {
        const auto line = cursor.until(is_trust_file ? "steward " : "", "\n");
        if (!cursor.sound) return fail(Fault::malformed, "not a list of stewards");
        const auto steward = trust::parse_verifier(line);
        if (!steward) return std::unexpected(steward.error());
        if (steward->type != trust::SignatureType::ed25519)
            return fail(Fault::unsupported, "a steward's key of another type");
        if (!seen.insert(steward->key).second) return fail(Fault::invalid, "one key twice");
        stewards.keys.push_back(*steward);
    }
    if (stewards.keys.empty() || stewards.threshold > stewards.keys.size())
        return fail(Fault::invalid, "fewer stewards than must sign");
    return stewards;
}

Result<Federation> read_federation(std::string_view note, const Stewards& trusted) {
    const auto parsed = trust::parse_note(note);
    if (!parsed) return bad(parsed.error().fault, parsed.error().detail);
    auto signers = enough(*parsed, trusted.keys, trusted.threshold);
    if (!signers) return std::unexpected(signers.error());
    auto federation = read_text(parsed->text);
    if (!federation) return federation;
    // Its own stewards have signed it too; where they are the trusted ones, this was so already.
    if (const auto own = enough(*parsed, federation->stewards, federation->threshold); !own)
        return std::unexpected(own.error());
    federation->signed_by = std::move(*signers);
    return federation;
}

}  // namespace sanad::verifier
