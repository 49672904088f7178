#include "core/federation/policies.h"

#include "core/base/time_text.h"

#include <algorithm>

namespace sanad::federation {

using casework::Ruling;
using casework::Way;

namespace {

Ruling without_pack(const std::string& country) {
    Ruling ruling;
    ruling.rule = "no-pack-for-" + (country.empty() ? std::string("nowhere") : country);
    ruling.says = "There is no policy pack for this country.";
    ruling.mend = "install one: sanad policy install --help";
    return ruling;
}

Ruling judged(const SignedPolicy* policy, const std::string& country, Way way,
              const casework::Transfer& transfer) {
    if (policy == nullptr) return without_pack(country);
    auto ruling = casework::judge(policy->pack, way, transfer);
    ruling.reviewed = policy->is_reviewed();
    return ruling;
}

std::string reviewed_words(const SignedPolicy& policy) {
    if (policy.is_reviewed()) return "reviewed by " + policy.pack.reviewed_by;
    if (policy.pack.reviewed_by.empty()) return "NOT REVIEWED by a lawyer";
    return "NOT REVIEWED as far as this node knows: it says \"" + policy.pack.reviewed_by +
           "\", but no key that is trusted here has signed it";
}

}  // namespace

Result<SignedPolicy> open_policy(std::string_view text_or_note,
                                 const std::optional<trust::Verifier>& trusted,
                                 const casework::Taxonomies& taxonomies) {
    if (text_or_note.size() > policy_note_bytes_max) return fail(Fault::bad_size, "policy pack");
    SignedPolicy policy;
    policy.whole = text_or_note;
    policy.text = text_or_note;
    if (const auto note = trust::parse_note(text_or_note)) {
        policy.text = note->text;
        for (const auto& signature : note->signatures) policy.signers.push_back(signature.name);
        if (trusted) {
            const auto verified = trust::verify_note(*note, {&*trusted, 1});
            if (!verified && verified.error().fault == Fault::bad_signature)
                return std::unexpected(verified.error());
            policy.is_trusted = verified.has_value();
        }
    }
    auto pack = casework::parse_policy(policy.text, taxonomies);
    if (!pack) return std::unexpected(pack.error());
    policy.pack = std::move(*pack);
    return policy;
}

std::string Verdict::in_words() const {
    std::string words, unreviewed;
    for (const auto& ruling : rulings) {
        words += (words.empty() ? "" : ", ") + ruling.pack + (ruling.pack.empty() ? "" : " ") +
                 ruling.rule;
        if (!ruling.reviewed && !ruling.pack.empty())
            unreviewed += (unreviewed.empty() ? "" : ", ") + ruling.pack;
    }
    if (!unreviewed.empty()) words += "; not reviewed by a lawyer: " + unreviewed;
    return words;
}

std::string policy_detail(const Ruling& refusal) {
    std::string detail(policy_denied);
    detail += "|" + refusal.rule + "|" + refusal.says;
    if (!refusal.reviewed && !refusal.pack.empty())
        detail += " (pack " + refusal.pack + ", not reviewed by a lawyer)";
    return detail + "|" + refusal.mend;
}

Result<void> Verdict::as_result() const {
    if (allowed) return {};
    return fail(Fault::denied, policy_detail(rulings.back()));
}

const SignedPolicy* PolicySet::of_country(std::string_view country) const {
    const auto found = std::ranges::find_if(packs, [&](const SignedPolicy& policy) {
        return policy.pack.covers.contains(std::string(country));
    });
    return found == packs.end() ? nullptr : &*found;
}

const SignedPolicy* PolicySet::named(std::string_view pack) const {
    const auto found = std::ranges::find_if(
        packs, [&](const SignedPolicy& policy) { return policy.pack.name == pack; });
    return found == packs.end() ? nullptr : &*found;
}

Verdict PolicySet::check(const casework::Transfer& transfer) const {
    Verdict verdict;
    verdict.rulings.push_back(
        judged(of_country(transfer.from), transfer.from, Way::send, transfer));
    if (!verdict.rulings.back().allowed) return verdict;
    // A partner is no node and keeps no pack; where it is, the sender's own pack has judged.
    if (transfer.recipient == casework::Recipient::node) {
        verdict.rulings.push_back(
            judged(of_country(transfer.to), transfer.to, Way::receive, transfer));
        if (!verdict.rulings.back().allowed) return verdict;
    }
    verdict.allowed = true;
    return verdict;
}

Verdict PolicySet::check_received(const casework::Transfer& transfer) const {
    Verdict verdict;
    verdict.rulings.push_back(judged(of_country(transfer.to), transfer.to, Way::receive, transfer));
    verdict.allowed = verdict.rulings.back().allowed;
    return verdict;
}

std::string describe_policy(const SignedPolicy& policy) {
    const auto& pack = policy.pack;
    std::string text = "policy pack " + pack.name + ", version " + std::to_string(pack.version) +
                       ", of " + format_time(pack.issued) + "\n" + pack.about + "\n" +
                       reviewed_words(policy) + "\n";
    for (const auto& signer : policy.signers)
        text += "signed by " + signer + (policy.is_trusted ? "" : " (not trusted here)") + "\n";
    for (const auto& rule : pack.rules) {
        const char* kind = rule.retention                           ? "keeps"
                           : rule.erasure                           ? "erasure"
                           : rule.transfer && rule.transfer->allows ? "allows"
                                                                    : "forbids";
        text += "\n" + rule.id + " (" + kind + ")\n  " + rule.says + "\n  source: " + rule.source +
                "\n";
    }
    return text;
}

std::string country_of(const NodeId& node) { return node.text.substr(0, 2); }

Verdict check_sent(const PolicySet& policies, const NodeId& self, const NodeId& to,
                   const casework::ReferralRequest& request) {
    return policies.check({.from = country_of(self),
                           .to = country_of(to),
                           .recipient = casework::Recipient::node,
                           .basis = request.transfer_basis,
                           .purpose = request.kind,
                           .items = casework::items_in(request)});
}

Result<void> check_received(const PolicySet& policies, const NodeId& from, const NodeId& self,
                            const casework::ReferralRequest& request) {
    const auto items = casework::items_in(request);
    const auto& consent = request.consent;
    if (std::ranges::find(consent.recipients, self.text) == consent.recipients.end() ||
        !std::ranges::includes(consent.items, items))
        return fail(Fault::denied, "consent");
    const std::string here = country_of(self);
    if (policies.of_country(here) == nullptr) return {};
    const casework::Transfer transfer{.from = country_of(from),
                                      .to = here,
                                      .recipient = casework::Recipient::node,
                                      .basis = request.transfer_basis,
                                      .purpose = request.kind,
                                      .items = items};
    if (!policies.check_received(transfer).allowed) return fail(Fault::denied, "policy");
    return {};
}

}  // namespace sanad::federation
