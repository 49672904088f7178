#include "core/casework/policy.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::casework {
namespace {

using test::shipped_taxonomies;

const std::vector<std::string> shipped{"ma", "dz", "tn", "jo", "lb", "eu"};

PolicyPack pack_of(const std::string& name) {
    const auto pack = parse_policy(test::read_text_file("config/policy/" + name + ".policy"),
                                   shipped_taxonomies());
    INFO((pack ? "" : pack.error().detail));
    REQUIRE(pack);
    return *pack;
}

Transfer referral(const std::string& from, const std::string& to, const std::string& basis) {
    return {.from = from,
            .to = to,
            .recipient = Recipient::node,
            .basis = basis,
            .purpose = "referral",
            .items = {Item::age_band, Item::narrative}};
}

/// Both packs, as a node asks them; the rule that refused, or nothing.
std::string refused_by(const Transfer& transfer) {
    const auto sent = judge(pack_of(transfer.from), Way::send, transfer);
    if (!sent.allowed) return sent.rule;
    const auto received = judge(pack_of(transfer.to), Way::receive, transfer);
    return received.allowed ? "" : received.rule;
}

const std::string head =
    "sanad-policy/v1\npack xx\nversion 3\nissued 2026-11-24T00:00:00Z\ncovers xx\n"
    "about An invented country.\nreviewed no (not reviewed by a lawyer)\n";
const std::string allow_some =
    "rule xx-some\nsays Some may leave.\nsource invented\nallow send\nto yy zz\n"
    "recipients nodes\nbasis express_consent save_life\npurposes referral\n"
    "fields age_band narrative\n";

PolicyPack parsed(const std::string& text) {
    const auto pack = parse_policy(text, shipped_taxonomies());
    INFO((pack ? "" : pack.error().detail));
    REQUIRE(pack);
    return *pack;
}

std::string fault_of(const std::string& text) {
    const auto pack = parse_policy(text, shipped_taxonomies());
    return pack ? "" : std::string(name(pack.error().fault));
}

}  // namespace

TEST_CASE(
    "every shipped pack says of each rule where it is written, and that no lawyer has read it") {
    for (const auto& name : shipped) {
        INFO(name);
        const auto pack = pack_of(name);
        CHECK(pack.name == name);
        CHECK(pack.reviewed_by.empty());
        for (const auto& rule : pack.rules) {
            const bool sourced = rule.source.find("law ") == 0 || rule.source.find("GDPR") == 0;
            const bool cautious = rule.source.find("cautious default") != std::string::npos;
            INFO(rule.id);
            CHECK((sourced || cautious));
        }
        for (const auto data_class : retention_classes()) CHECK(retention_of(pack, data_class));
        CHECK(erasure_answer(pack) == ErasureAnswer::automatic);
    }
}

TEST_CASE("only the packs whose law was found in a source claim one") {
    for (const std::string name : {"tn", "jo", "lb"})
        for (const auto& rule : pack_of(name).rules) {
            INFO(rule.id);
            CHECK(rule.source.find("cautious default") == 0);
        }
}

TEST_CASE("Morocco to Algeria and Algeria to Morocco are two different questions") {
    CHECK(refused_by(referral("ma", "dz", "express_consent")).empty());
    CHECK(refused_by(referral("dz", "ma", "express_consent")).empty());
    CHECK(refused_by(referral("ma", "dz", "medical")).empty());
    CHECK(refused_by(referral("dz", "ma", "medical")) == "dz-transfer-bases");
    CHECK(refused_by(referral("ma", "dz", "mutual_legal_aid")).empty());
    CHECK(refused_by(referral("dz", "ma", "mutual_legal_aid")) == "dz-transfer-bases");
}

TEST_CASE(
    "each basis of the closed list is allowed out of each country, or refused by a named rule") {
    const std::map<std::string, std::set<std::string>> refused{
        {"ma", {"adequate_country", "same_jurisdiction"}},
        {"dz",
         {"adequate_country", "same_jurisdiction", "contract_with_subject", "contract_for_subject",
          "mutual_legal_aid", "medical", "international_agreement"}},
        {"eu", {"adequate_country", "same_jurisdiction", "mutual_legal_aid", "medical"}},
    };
    for (const auto& [from, bases] : refused)
        for (const auto& term : shipped_taxonomies().find("transfer-basis")->terms()) {
            const auto ruling = judge(pack_of(from), Way::send, referral(from, "tn", term.id));
            INFO(from << " " << term.id << " " << ruling.rule);
            CHECK(ruling.allowed == !bases.contains(term.id));
            CHECK(ruling.rule.starts_with(from + "-"));
            CHECK_FALSE(ruling.says.empty());
            CHECK(ruling.mend.empty() == ruling.allowed);
        }
}

TEST_CASE("saving a life is a basis everywhere") {
    for (const auto& from : shipped)
        for (const auto& to : shipped) {
            INFO(from << " to " << to);
            CHECK(refused_by(referral(from, to, "save_life")).empty());
        }
}

TEST_CASE("what was told to help a child does not become a signal about an offender by itself") {
    auto signal = referral("ma", "tn", "express_consent");
    signal.purpose = "offender_signal";
    CHECK_FALSE(refused_by(signal).empty());
    signal.basis = "authority_authorisation";
    CHECK(refused_by(signal).empty());
}

TEST_CASE("a partner gets fewer fields than a helpline") {
    for (const auto& name : shipped) {
        const auto pack = pack_of(name);
        const std::string here = *pack.covers.begin();
        Transfer transfer{.from = here,
                          .to = here,
                          .recipient = Recipient::partner,
                          .basis = "same_jurisdiction",
                          .purpose = "escalation",
                          .items = {Item::narrative, Item::gender}};
        CHECK(judge(pack, Way::send, transfer).allowed);
        transfer.items.insert(Item::safe_contact);
        const auto ruling = judge(pack, Way::send, transfer);
        CHECK_FALSE(ruling.allowed);
        CHECK(ruling.rule == name + "-partner");
        CHECK(ruling.mend == "leave out: safe_contact");
    }
}

TEST_CASE("a refusal names the nearest rule and what would have to change") {
    const auto pack = parsed(head + allow_some);
    const auto ruling = [&](auto change) {
        auto transfer = referral("xx", "yy", "save_life");
        change(transfer);
        return judge(pack, Way::send, transfer);
    };
    CHECK(ruling([](Transfer&) {}).allowed);
    CHECK(ruling([](Transfer& t) { t.to = "qq"; }).mend.starts_with("choose another recipient"));
    CHECK(ruling([](Transfer& t) { t.basis = "medical"; }).mend ==
          "use one of these bases, if it is true: express_consent, save_life");
    CHECK(ruling([](Transfer& t) { t.purpose = "consult"; }).mend == "send it as one of: referral");
    CHECK(ruling([](Transfer& t) { t.items.insert(Item::gender); }).mend == "leave out: gender");
    CHECK_FALSE(ruling([](Transfer& t) { t.recipient = Recipient::partner; }).allowed);
    const auto incoming = judge(pack, Way::receive, referral("yy", "xx", "save_life"));
    CHECK_FALSE(incoming.allowed);
    CHECK(incoming.rule == "xx-nothing-allowed");
}

TEST_CASE("a rule that forbids wins over every rule that allows") {
    const auto pack = parsed(head + allow_some +
                             "rule xx-no-story\nsays No story to zz.\nsource invented\n"
                             "forbid send\nto zz\nfields narrative\n");
    CHECK(judge(pack, Way::send, referral("xx", "yy", "save_life")).allowed);
    auto transfer = referral("xx", "zz", "save_life");
    CHECK(judge(pack, Way::send, transfer).rule == "xx-no-story");
    transfer.items.erase(Item::narrative);
    CHECK(judge(pack, Way::send, transfer).allowed);
}

TEST_CASE("a pack that is not in its form is refused, with the line") {
    REQUIRE(fault_of(head + allow_some).empty());
    CHECK(fault_of("") == "bad_size");
    CHECK(fault_of(head) == "malformed");
    CHECK(fault_of("sanad-policy/v2\n" + head) == "unsupported");
    CHECK(fault_of(head + allow_some + allow_some) == "conflict");
    const auto without = [&](const std::string& line) {
        std::string text = head + allow_some;
        const auto at = text.find(line);
        REQUIRE(at != std::string::npos);
        return text.erase(at, text.find('\n', at) + 1 - at);
    };
    for (const auto* line : {"pack ", "version ", "issued ", "covers ", "about ", "reviewed ",
                             "says ", "source ", "allow ", "to "}) {
        INFO(line);
        CHECK(fault_of(without(line)) != "");
    }
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = head + allow_some;
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        return fault_of(text.replace(at, from.size(), to));
    };
    CHECK(changed("version 3", "version 0") == "malformed");
    CHECK(changed("version 3", "version 1000001") == "malformed");
    CHECK(changed("version 3", "version 1000000").empty());
    CHECK(changed("covers xx", "covers XX") == "malformed");
    CHECK(changed("save_life", "because_we_can") == "unsupported");
    CHECK(changed("purposes referral", "purposes gossip") == "unsupported");
    CHECK(changed("fields age_band", "fields diary") == "unsupported");
    CHECK(changed("recipients nodes", "recipients everybody") == "unsupported");
    CHECK(changed("rule xx-some", "rule yy-some") == "malformed");
    CHECK(changed("to yy zz", "to yy yy") == "malformed");
    CHECK(changed("to yy zz", "to yy  zz") == "malformed");
    CHECK(changed("to yy zz", "to *").empty());
    CHECK(changed("to yy zz", "from yy zz") == "unsupported");
    CHECK(changed("fields age_band narrative", "fields age_band narrative\nto yy") == "conflict");
    CHECK(changed("says Some", "says \xE2\x80\xAESome") == "malformed");
    CHECK(changed("reviewed no (not reviewed by a lawyer)", "reviewed yes") == "malformed");
    const auto refused =
        parse_policy(head + "rule xx-a\nsays A.\nnonsense\n", shipped_taxonomies());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.starts_with("line 10:"));
}

TEST_CASE("a pack has limits of size and of rules") {
    std::string rules;
    for (std::size_t i = 0; i < policy_rules_max; ++i)
        rules += "rule xx-" + std::to_string(i) + "\nsays S.\nsource invented\nretain case 1\n";
    CHECK(fault_of(head + rules).empty());
    CHECK(fault_of(head + rules + "rule xx-more\nsays S.\nsource i\nretain case 1\n") ==
          "bad_size");
    std::string comments = head + allow_some + "# ";
    comments += std::string(policy_bytes_max - comments.size() - 1, 'c') + "\n";
    CHECK(fault_of(comments).empty());
    CHECK(fault_of(comments + "\n") == "bad_size");
}

TEST_CASE("naming a reviewer changes that line and nothing else") {
    const std::string text = head + allow_some;
    const auto changed = with_reviewer(text, "Maître Invented, Rabat");
    REQUIRE(changed);
    auto expected = parsed(text);
    expected.reviewed_by = "Maître Invented, Rabat";
    CHECK(parsed(*changed) == expected);
    CHECK(with_reviewer(*changed, "another").value() == with_reviewer(text, "another").value());
    CHECK_FALSE(with_reviewer(text, "two\nlines"));
    CHECK_FALSE(with_reviewer(allow_some, "x"));
}

}  // namespace sanad::casework
