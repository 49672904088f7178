#include "core/casework/policy.h"

#include "core/base/text.h"
#include "core/base/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sanad::casework {
namespace {

constexpr std::string_view form = "sanad-policy/v1";
constexpr std::string_view not_reviewed = "no (not reviewed by a lawyer)";
constexpr std::string_view reviewed_by_prefix = "by ";
constexpr std::size_t reviewer_bytes_max = 200;
constexpr std::array<std::string_view, 7> classes{"queue_meta", "chat_anonymous", "contact_record",
                                                  "case",       "takedown_meta",  "audit",
                                                  "statistics"};

/// A line as `keyword rest`.
struct Line {
    std::size_t number = 0;
    std::string_view keyword, rest;
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        const auto space = line.find(' ');
        const auto rest =
            space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
        lines.push_back({number, line.substr(0, space), rest});
    }
    return lines;
}

std::unexpected<Error> fault_at(const Line& line, Fault fault, std::string_view what) {
    return fail(fault, "line " + std::to_string(line.number) + ": " + std::string(what));
}

Result<std::uint32_t> number_in(std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value > most)
        return fail(Fault::malformed, "number");
    return value;
}

bool is_slug(std::string_view text) {
    return !text.empty() && text.size() <= policy_rule_id_bytes_max &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

bool is_country(std::string_view text) {
    return text.size() == 2 &&
           std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The words of a list; `*` alone is the empty list, which stands for any.
/// errors  malformed: nothing, a word twice, two spaces
Result<std::set<std::string>> words_of(std::string_view text) {
    std::set<std::string> words;
    if (text == "*") return words;
    while (true) {
        const auto word = text.substr(0, text.find(' '));
        if (word.empty() || !words.emplace(word).second) return fail(Fault::malformed, "list");
        if (word.size() == text.size()) return words;
        text.remove_prefix(word.size() + 1);
    }
}

class Parser {
public:
    Parser(std::vector<Line> lines, const Taxonomies& taxonomies)
        : lines_(std::move(lines)), taxonomies_(taxonomies) {}

    Result<PolicyPack> parse() {
        if (const auto head = read_head(); !head) return std::unexpected(head.error());
        while (at_ < lines_.size())
            if (const auto rule = read_rule(); !rule) return std::unexpected(rule.error());
        if (pack_.rules.empty()) return fail(Fault::malformed, "no rule");
        return std::move(pack_);
    }

private:
    /// The next line, which must have this keyword.
    Result<Line> need(std::string_view keyword) {
        if (at_ == lines_.size())
            return fail(Fault::malformed, "at its end: no line `" + std::string(keyword) + "`");
        const Line line = lines_[at_];
        if (line.keyword != keyword || line.rest.empty())
            return fault_at(line, Fault::malformed,
                            "`" + std::string(keyword) + "` should be here");
        ++at_;
        return line;
    }

    Result<std::string> sentence(std::string_view keyword,
                                 std::size_t most = policy_sentence_bytes_max) {
        const auto line = need(keyword);
        if (!line) return std::unexpected(line.error());
        if (const auto sound = check_label(line->rest, most); !sound)
            return fault_at(*line, sound.error().fault, keyword);
        return std::string(line->rest);
    }

    Result<void> read_head();
    Result<void> read_reviewed();
    Result<void> read_rule();
    Result<void> read_statement(PolicyRule& rule);
    Result<void> read_transfer(PolicyRule& rule, const Line& line);
    Result<void> read_filter(TransferRule& rule, const Line& line);
    Result<std::set<std::string>> known(const Line& line, std::string_view taxonomy);

    std::vector<Line> lines_;
    const Taxonomies& taxonomies_;
    std::size_t at_ = 0;
    PolicyPack pack_;
};

Result<void> Parser::read_head() {
    if (lines_.empty() || lines_[0].keyword != form || !lines_[0].rest.empty())
        return fail(Fault::unsupported, "line 1: should be " + std::string(form));
    ++at_;
    const auto pack = need("pack");
    if (!pack) return std::unexpected(pack.error());
    if (!is_slug(pack->rest)) return fault_at(*pack, Fault::malformed, "pack");
    pack_.name = pack->rest;
    const auto version = need("version");
    if (!version) return std::unexpected(version.error());
    const auto number = number_in(version->rest, policy_version_max);
    if (!number || *number == 0) return fault_at(*version, Fault::malformed, "version");
    pack_.version = *number;
    const auto issued = need("issued");
    if (!issued) return std::unexpected(issued.error());
    const auto time = parse_time(issued->rest);
    if (!time) return fault_at(*issued, Fault::malformed, "issued");
    pack_.issued = *time;
    const auto covers = need("covers");
    if (!covers) return std::unexpected(covers.error());
    auto countries = words_of(covers->rest);
    if (!countries || countries->empty() || countries->size() > policy_covers_max ||
        !std::ranges::all_of(*countries, is_country))
        return fault_at(*covers, Fault::malformed, "covers");
    pack_.covers = std::move(*countries);
    auto about = sentence("about");
    if (!about) return std::unexpected(about.error());
    pack_.about = std::move(*about);
    return read_reviewed();
}

Result<void> Parser::read_reviewed() {
    const auto reviewed = need("reviewed");
    if (!reviewed) return std::unexpected(reviewed.error());
    if (reviewed->rest == not_reviewed) return {};
    if (!reviewed->rest.starts_with(reviewed_by_prefix))
        return fault_at(*reviewed, Fault::malformed, "reviewed");
    const auto who = reviewed->rest.substr(reviewed_by_prefix.size());
    if (!check_label(who, reviewer_bytes_max))
        return fault_at(*reviewed, Fault::malformed, "reviewed");
    pack_.reviewed_by = who;
    return {};
}

Result<void> Parser::read_rule() {
    const auto id = need("rule");
    if (!id) return std::unexpected(id.error());
    PolicyRule rule;
    rule.id = id->rest;
    if (!is_slug(rule.id) || !rule.id.starts_with(pack_.name + "-"))
        return fault_at(*id, Fault::malformed, "rule");
    if (std::ranges::find(pack_.rules, rule.id, &PolicyRule::id) != pack_.rules.end())
        return fault_at(*id, Fault::conflict, "this rule is there already");
    if (pack_.rules.size() == policy_rules_max) return fault_at(*id, Fault::bad_size, "rules");
    auto says = sentence("says");
    if (!says) return std::unexpected(says.error());
    auto source = sentence("source");
    if (!source) return std::unexpected(source.error());
    rule.says = std::move(*says);
    rule.source = std::move(*source);
    if (const auto statement = read_statement(rule); !statement) return statement;
    pack_.rules.push_back(std::move(rule));
    return {};
}

Result<void> Parser::read_statement(PolicyRule& rule) {
    if (at_ == lines_.size()) return fail(Fault::malformed, "at its end: a rule without effect");
    const Line line = lines_[at_++];
    if (line.keyword == "allow" || line.keyword == "forbid") return read_transfer(rule, line);
    if (line.keyword == "retain") {
        const auto space = line.rest.find(' ');
        const auto data_class = line.rest.substr(0, space);
        if (space == std::string_view::npos ||
            std::ranges::find(classes, data_class) == classes.end())
            return fault_at(line, Fault::unsupported, "retain");
        const auto days = number_in(line.rest.substr(space + 1), retention_days_max);
        if (!days) return fault_at(line, Fault::malformed, "retain");
        rule.retention = RetentionRule{std::string(data_class), *days};
        return {};
    }
    if (line.keyword == "erasure" && line.rest == "unaccepted automatic")
        rule.erasure = ErasureAnswer::automatic;
    else if (line.keyword == "erasure" && line.rest == "unaccepted person")
        rule.erasure = ErasureAnswer::person;
    else
        return fault_at(line, Fault::unsupported,
                        "what a rule may say: allow, forbid, retain, erasure");
    return {};
}

Result<void> Parser::read_transfer(PolicyRule& rule, const Line& line) {
    TransferRule transfer;
    transfer.allows = line.keyword == "allow";
    if (line.rest == "send")
        transfer.way = Way::send;
    else if (line.rest == "receive")
        transfer.way = Way::receive;
    else
        return fault_at(line, Fault::malformed, "send or receive");
    std::set<std::string_view> seen;
    while (at_ < lines_.size() && lines_[at_].keyword != "rule") {
        const Line& filter = lines_[at_++];
        if (!seen.insert(filter.keyword).second)
            return fault_at(filter, Fault::conflict, "this line is there already");
        if (const auto read = read_filter(transfer, filter); !read) return read;
    }
    // Which countries is never left open by forgetting a line.
    if (!seen.contains(transfer.way == Way::send ? "to" : "from"))
        return fault_at(line, Fault::malformed, "no line `to` or `from`");
    rule.transfer = std::move(transfer);
    return {};
}

Result<std::set<std::string>> Parser::known(const Line& line, std::string_view taxonomy) {
    auto words = words_of(line.rest);
    if (!words) return fault_at(line, Fault::malformed, line.keyword);
    for (const auto& word : *words)
        if (!taxonomies_.contains(taxonomy, word))
            return fault_at(line, Fault::unsupported, word + " is not in " + std::string(taxonomy));
    return words;
}

Result<void> Parser::read_filter(TransferRule& rule, const Line& line) {
    const bool countries = line.keyword == (rule.way == Way::send ? "to" : "from");
    if (line.keyword == "basis" || line.keyword == "purposes") {
        auto words = known(line, line.keyword == "basis" ? "transfer-basis" : "message-kinds");
        if (!words) return std::unexpected(words.error());
        (line.keyword == "basis" ? rule.bases : rule.purposes) = std::move(*words);
        return {};
    }
    const auto words = words_of(line.rest);
    if (!words) return fault_at(line, Fault::malformed, line.keyword);
    if (countries) {
        if (!std::ranges::all_of(*words, is_country))
            return fault_at(line, Fault::malformed, line.keyword);
        rule.countries = *words;
        return {};
    }
    for (const auto& word : *words) {
        if (line.keyword == "fields") {
            const auto item = item_from(word);
            if (!item) return fault_at(line, Fault::unsupported, word);
            rule.items.insert(*item);
        } else if (line.keyword == "recipients" && (word == "nodes" || word == "partners")) {
            rule.recipients.insert(word == "nodes" ? Recipient::node : Recipient::partner);
        } else {
            return fault_at(line, Fault::unsupported, line.keyword);
        }
    }
    if (line.keyword != "fields" && line.keyword != "recipients")
        return fault_at(line, Fault::unsupported, line.keyword);
    return {};
}

template <typename Set, typename Value>
bool admits(const Set& filter, const Value& value) {
    return filter.empty() || filter.contains(value);
}

bool names_any(const TransferRule& rule, const std::set<Item>& items) {
    return rule.items.empty() ||
           std::ranges::any_of(items, [&](Item item) { return rule.items.contains(item); });
}

/// How far a transfer gets through an allowing rule, part by part.
enum class Reached : std::uint8_t { nothing, country, recipient, basis, purpose, all };

Reached reach(const TransferRule& rule, const std::string& country, const Transfer& transfer) {
    if (!admits(rule.countries, country)) return Reached::nothing;
    if (!admits(rule.recipients, transfer.recipient)) return Reached::country;
    if (!admits(rule.bases, transfer.basis)) return Reached::recipient;
    if (!admits(rule.purposes, transfer.purpose)) return Reached::basis;
    const bool fits =
        std::ranges::all_of(transfer.items, [&](Item item) { return admits(rule.items, item); });
    return fits ? Reached::all : Reached::purpose;
}

std::string listed(const std::set<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string excess(const TransferRule& rule, const std::set<Item>& items) {
    std::set<std::string> names;
    for (const Item item : items)
        if (!admits(rule.items, item)) names.emplace(name(item));
    return listed(names);
}

std::string mend_of(Reached reached, const TransferRule& rule, const Transfer& transfer) {
    switch (reached) {
        case Reached::recipient:
            return "use one of these bases, if it is true: " + listed(rule.bases);
        case Reached::basis:
            return "send it as one of: " + listed(rule.purposes);
        case Reached::purpose:
            return "leave out: " + excess(rule, transfer.items);
        case Reached::country:
            return "send it to another kind of recipient";
        default:
            return "choose another recipient, or ask who answers for the pack";
    }
}

}  // namespace

std::string_view name(Way way) { return way == Way::send ? "send" : "receive"; }

std::span<const std::string_view> retention_classes() { return classes; }

Result<PolicyPack> parse_policy(std::string_view text, const Taxonomies& taxonomies) {
    if (text.empty() || text.size() > policy_bytes_max) return fail(Fault::bad_size, "policy pack");
    if (const auto sound = check_prose(text, policy_bytes_max); !sound)
        return std::unexpected(sound.error());
    if (text.find('\t') != std::string_view::npos) return fail(Fault::malformed, "a tab");
    return Parser(lines_of(text), taxonomies).parse();
}

Result<std::string> with_reviewer(std::string_view text, std::string_view reviewer) {
    if (!check_label(reviewer, reviewer_bytes_max)) return fail(Fault::malformed, "reviewer");
    constexpr std::string_view keyword = "\nreviewed ";
    const auto begin = text.find(keyword);
    const auto rules = text.find("\nrule ");
    const auto end = begin == std::string_view::npos ? begin : text.find('\n', begin + 1);
    if (end == std::string_view::npos || begin > rules)
        return fail(Fault::malformed, "it has no line `reviewed`");
    std::string changed(text.substr(0, begin + keyword.size()));
    changed += reviewed_by_prefix;
    changed += reviewer;
    changed += text.substr(end);
    return changed;
}

Ruling judge(const PolicyPack& pack, Way way, const Transfer& transfer) {
    Ruling ruling;
    ruling.pack = pack.name + " v" + std::to_string(pack.version);
    const std::string& other = way == Way::send ? transfer.to : transfer.from;
    const PolicyRule* nearest = nullptr;
    Reached reached = Reached::nothing;
    for (const auto& rule : pack.rules) {
        if (!rule.transfer || rule.transfer->way != way) continue;
        const auto& terms = *rule.transfer;
        if (terms.allows) {
            const auto got = reach(terms, other, transfer);
            if (nearest == nullptr || got > reached) {
                nearest = &rule;
                reached = got;
            }
            continue;
        }
        const bool forbids =
            admits(terms.countries, other) && admits(terms.recipients, transfer.recipient) &&
            admits(terms.bases, transfer.basis) && admits(terms.purposes, transfer.purpose) &&
            names_any(terms, transfer.items);
        if (!forbids) continue;
        ruling.rule = rule.id;
        ruling.says = rule.says;
        ruling.mend = "leave out or change what the rule names, or ask who answers for the pack";
        return ruling;
    }
    if (nearest == nullptr) {
        ruling.rule = pack.name + "-nothing-allowed";
        ruling.says = "What no rule allows is refused.";
        ruling.mend = "ask who answers for the pack";
        return ruling;
    }
    ruling.allowed = reached == Reached::all;
    ruling.rule = nearest->id;
    ruling.says = nearest->says;
    if (!ruling.allowed) ruling.mend = mend_of(reached, *nearest->transfer, transfer);
    return ruling;
}

const PolicyRule* retention_of(const PolicyPack& pack, std::string_view data_class) {
    const auto found = std::ranges::find_if(pack.rules, [&](const PolicyRule& rule) {
        return rule.retention && rule.retention->data_class == data_class;
    });
    return found == pack.rules.end() ? nullptr : &*found;
}

ErasureAnswer erasure_answer(const PolicyPack& pack) {
    const auto found = std::ranges::find_if(
        pack.rules, [](const PolicyRule& rule) { return rule.erasure.has_value(); });
    return found == pack.rules.end() ? ErasureAnswer::person : *found->erasure;
}

}  // namespace sanad::casework
