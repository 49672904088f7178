#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/request.h"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Policy packs: what one jurisdiction lets leave and lets in, as rules that a lawyer can read and a
// node can judge by. config/policy/README.md explains the form; the rules here are pure.
namespace sanad::casework {

inline constexpr std::size_t policy_bytes_max = 64 << 10;
inline constexpr std::size_t policy_rules_max = 100;
inline constexpr std::size_t policy_sentence_bytes_max = 600;
inline constexpr std::size_t policy_rule_id_bytes_max = 60;
inline constexpr std::size_t policy_covers_max = 60;  // countries of one pack
inline constexpr std::uint32_t policy_version_max = 1'000'000;
inline constexpr std::uint32_t retention_days_max = 36'500;

enum class Way : std::uint8_t { send, receive };
std::string_view name(Way way);

/// Who it goes to: another helpline's node, or an organisation that is none.
enum class Recipient : std::uint8_t { node, partner };

/// A rule about what may cross. An empty list of a filter stands for: any.
struct TransferRule {
    bool allows = false;  // false: forbids
    Way way = Way::send;
    std::set<std::string> countries;  // ISO 3166-1 alpha-2, lower case; of the other side
    std::set<Recipient> recipients;
    std::set<std::string> bases;     // transfer-basis
    std::set<std::string> purposes;  // message-kinds
    std::set<Item> items;            // allows: at most these · forbids: any of these
    bool operator==(const TransferRule&) const = default;
};

/// How long a class of data is kept. Nothing is deleted by it yet: it is shown.
struct RetentionRule {
    std::string data_class;  // of retention_classes()
    std::uint32_t days = 0;  // 0: without end
    bool operator==(const RetentionRule&) const = default;
};

/// Who answers a request to erase a referral that nobody here has accepted.
enum class ErasureAnswer : std::uint8_t { person, automatic };

struct PolicyRule {
    std::string id;      // [a-z0-9-], begins with the pack's name and a dash
    std::string says;    // one sentence, for the person who is refused
    std::string source;  // where it is written; or that it is a cautious default
    std::optional<TransferRule> transfer;
    std::optional<RetentionRule> retention;
    std::optional<ErasureAnswer> erasure;
    bool operator==(const PolicyRule&) const = default;
};

struct PolicyPack {
    std::string name;           // such as "ma"
    std::uint32_t version = 0;  // from 1, rising
    Time issued;
    std::set<std::string> covers;  // the countries it speaks for
    std::string about;
    std::string reviewed_by;  // empty: not reviewed by a lawyer. Only a claim: see policies.h
    std::vector<PolicyRule> rules;
    bool operator==(const PolicyPack&) const = default;
};

/// The classes of data that a retention rule may name (DOMAIN section 5.7).
std::span<const std::string_view> retention_classes();

/// Reads a pack's text, from anyone.
///
/// errors   bad_size, malformed (the detail is `line N: what is wrong`), conflict (a rule twice),
///          unsupported (another form, or an id that is in no list here)
/// threads  any
Result<PolicyPack> parse_policy(std::string_view text, const Taxonomies& taxonomies);

/// The text with another `reviewed` line; the rest is kept to the byte.
/// errors  malformed: it has none
Result<std::string> with_reviewer(std::string_view text, std::string_view reviewer);

/// One thing that wants to cross.
struct Transfer {
    std::string from, to;  // countries
    Recipient recipient = Recipient::node;
    std::string basis;
    std::string purpose;
    std::set<Item> items;
};

/// What one pack says to one transfer.
struct Ruling {
    bool allowed = false;
    std::string pack;       // "ma v1"
    std::string rule;       // the rule's id; of a refusal by silence the nearest one's
    std::string says;       // its sentence
    std::string mend;       // of a refusal: what would have to change
    bool reviewed = false;  // filled in by who knows the signature
};

/// Judges one side of a transfer: a pack that covers `from` as its sender, one that covers `to` as
/// its receiver. What a forbidding rule names is refused; what no rule allows is refused as well.
/// threads  any
Ruling judge(const PolicyPack& pack, Way way, const Transfer& transfer);

/// Its retention for a class; none: it has no rule.
const PolicyRule* retention_of(const PolicyPack& pack, std::string_view data_class);
/// person unless a rule says otherwise.
ErasureAnswer erasure_answer(const PolicyPack& pack);

}  // namespace sanad::casework
