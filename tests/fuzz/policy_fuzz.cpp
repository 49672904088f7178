#include "core/base/time_text.h"
#include "core/federation/policies.h"
#include "tests/fuzz/target.h"
#include "tests/support/helpline.h"

#include <algorithm>

// What somebody hands over as a policy pack must end in an Error or in rules that say all that the
// text says: written out again they are the same rules, and what they allow is what one of them
// allows and none forbids. No key is trusted here, so a pack that counts as reviewed is a forgery.
namespace {

using namespace sanad;
using namespace sanad::casework;

const Taxonomies& taxonomies() {
    static const Taxonomies all = support::shipped_taxonomies();
    return all;
}

const trust::Verifier& lawyer() {
    static const trust::Verifier verifier{"lawyer", trust::SignatureType::ed25519,
                                          trust::SigningKey(trust::Seed{7}).public_key()};
    return verifier;
}

std::string list(std::string_view keyword, const std::set<std::string>& words) {
    std::string line(keyword);
    for (const auto& word : words) line += " " + word;
    return line + (words.empty() ? " *\n" : "\n");
}

std::string written(const TransferRule& rule) {
    std::set<std::string> items, recipients;
    for (const Item item : rule.items) items.emplace(name(item));
    for (const auto one : rule.recipients)
        recipients.emplace(one == Recipient::node ? "nodes" : "partners");
    return std::string(rule.allows ? "allow " : "forbid ") + std::string(name(rule.way)) + "\n" +
           list(rule.way == Way::send ? "to" : "from", rule.countries) +
           list("recipients", recipients) + list("basis", rule.bases) +
           list("purposes", rule.purposes) + list("fields", items);
}

std::string written(const PolicyRule& rule) {
    std::string text = "rule " + rule.id + "\nsays " + rule.says + "\nsource " + rule.source + "\n";
    if (rule.transfer) return text + written(*rule.transfer);
    if (rule.retention)
        return text + "retain " + rule.retention->data_class + " " +
               std::to_string(rule.retention->days) + "\n";
    return text + "erasure unaccepted " +
           (*rule.erasure == ErasureAnswer::automatic ? "automatic\n" : "person\n");
}

std::string written(const PolicyPack& pack) {
    std::string text =
        "sanad-policy/v1\npack " + pack.name + "\nversion " + std::to_string(pack.version) +
        "\nissued " + format_time(pack.issued) + "\n" + list("covers", pack.covers) + "about " +
        pack.about + "\nreviewed " +
        (pack.reviewed_by.empty() ? "no (not reviewed by a lawyer)" : "by " + pack.reviewed_by) +
        "\n";
    for (const auto& rule : pack.rules) text += written(rule);
    return text;
}

void check_limits(const PolicyPack& pack) {
    if (pack.version == 0 || pack.version > policy_version_max || pack.covers.empty() ||
        pack.covers.size() > policy_covers_max || pack.rules.empty() ||
        pack.rules.size() > policy_rules_max)
        __builtin_trap();
    std::set<std::string> ids;
    for (const auto& rule : pack.rules) {
        const int effects =
            rule.transfer.has_value() + rule.retention.has_value() + rule.erasure.has_value();
        if (effects != 1 || rule.says.empty() || rule.source.empty()) __builtin_trap();
        if (!ids.insert(rule.id).second) __builtin_trap();
    }
}

template <typename Set, typename Value>
bool open_or_in(const Set& filter, const Value& value) {
    return filter.empty() || filter.contains(value);
}

bool fits(const TransferRule& rule, Way way, const Transfer& transfer) {
    return rule.way == way &&
           open_or_in(rule.countries, way == Way::send ? transfer.to : transfer.from) &&
           open_or_in(rule.recipients, transfer.recipient) &&
           open_or_in(rule.bases, transfer.basis) && open_or_in(rule.purposes, transfer.purpose);
}

/// The rules once more, in the plainest words.
bool may(const PolicyPack& pack, Way way, const Transfer& transfer) {
    bool allowed = false;
    for (const auto& rule : pack.rules) {
        if (!rule.transfer || !fits(*rule.transfer, way, transfer)) continue;
        const auto is_named = [&](Item item) { return open_or_in(rule.transfer->items, item); };
        if (rule.transfer->allows) {
            allowed = allowed || std::ranges::all_of(transfer.items, is_named);
        } else if (rule.transfer->items.empty() || std::ranges::any_of(transfer.items, is_named)) {
            return false;
        }
    }
    return allowed;
}

void check_rulings(const PolicyPack& pack) {
    const std::string home = *pack.covers.begin();
    for (const Way way : {Way::send, Way::receive})
        for (const char* basis : {"express_consent", "save_life", "adequate_country"})
            for (const char* purpose : {"referral", "offender_signal"})
                for (const Recipient recipient : {Recipient::node, Recipient::partner}) {
                    const Transfer transfer{.from = way == Way::send ? home : "tn",
                                            .to = way == Way::send ? "tn" : home,
                                            .recipient = recipient,
                                            .basis = basis,
                                            .purpose = purpose,
                                            .items = {Item::age_band, Item::narrative}};
                    const auto ruling = judge(pack, way, transfer);
                    if (ruling.allowed != may(pack, way, transfer)) __builtin_trap();
                    if (ruling.rule.empty() || ruling.says.empty()) __builtin_trap();
                    if (ruling.allowed != ruling.mend.empty()) __builtin_trap();
                }
}

void check(const federation::SignedPolicy& policy) {
    const auto& pack = policy.pack;
    if (policy.is_trusted || policy.is_reviewed()) __builtin_trap();
    check_limits(pack);
    auto text = written(pack);
    if (text.size() <= policy_bytes_max && parse_policy(text, taxonomies()) != pack)
        __builtin_trap();
    const auto reviewed = with_reviewer(policy.text, "An invented lawyer");
    if (!reviewed) __builtin_trap();
    if (reviewed->size() <= policy_bytes_max) {
        auto expected = pack;
        expected.reviewed_by = "An invented lawyer";
        if (parse_policy(*reviewed, taxonomies()) != expected) __builtin_trap();
    }
    check_rulings(pack);
    if (federation::describe_policy(policy).find("NOT REVIEWED") == std::string::npos)
        __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = text_of({data, size});
    if (const auto policy = federation::open_policy(bytes, lawyer(), taxonomies())) {
        if (policy->whole != bytes) __builtin_trap();
        check(*policy);
    }
    return 0;
}

// The shipped packs are given as files; this is one with every kind of rule, bare and signed.
std::vector<Bytes> fuzz::seeds() {
    const std::string pack =
        "sanad-policy/v1\npack xx\nversion 3\nissued 2026-11-24T00:00:00Z\ncovers xx yy\n"
        "about An invented country.\nreviewed by A stranger\n\n"
        "rule xx-some\nsays Some may leave.\nsource invented\nallow send\nto tn zz\n"
        "recipients nodes\nbasis express_consent\npurposes referral\nfields age_band narrative\n\n"
        "rule xx-none\nsays Not for that.\nsource invented\nforbid receive\nfrom *\n"
        "purposes offender_signal\n\n"
        "rule xx-keep\nsays A year.\nsource invented\nretain chat_anonymous 365\n"
        "rule xx-erase\nsays By itself.\nsource invented\nerasure unaccepted automatic\n";
    const trust::SigningKey key(trust::Seed{1});
    return {seed(pack), seed(trust::sign_note(pack, key, "stranger").value())};
}
