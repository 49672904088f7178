#include "tests/sim/checker.h"

#include "core/trust/checkpoint.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace sanad::sim {

using casework::ReferralRecord;
using casework::Side;
using federation::Direction;
using federation::Lane;
using federation::LaneId;

namespace {

constexpr std::uint32_t entries_max = 100'000;

Site* find(const Sites& sites, const NodeId& id) {
    for (const auto& site : sites)
        if (site->id() == id) return &*site;
    return nullptr;
}

/// Both ends of one log: the same bytes, receipted to the end by a receipt that verifies.
void check_log(Site& from, Site& to, Lane lane, Findings& findings) {
    const std::string where =
        "log " + from.id().text + " to " + to.id().text + " " + federation::name(lane) + ": ";
    const auto ours = from.node().store->snapshot().value();
    const auto theirs = to.node().store->snapshot().value();
    const LaneId out{to.id(), Direction::out, lane};
    const LaneId in{from.id(), Direction::in, lane};
    const auto sent = from.node().logs->read(*ours, out, 0, entries_max, SIZE_MAX);
    const auto received = to.node().logs->read(*theirs, in, 0, entries_max, SIZE_MAX);
    if (!sent || !received) return findings.push_back(where + "cannot be read");
    if (sent->size() != received->size()) findings.push_back(where + "sizes differ");
    for (std::size_t i = 0; i < std::min(sent->size(), received->size()); ++i)
        if ((*sent)[i].raw != (*received)[i].raw)
            return findings.push_back(where + "entry " + std::to_string(i) + " differs");
    const auto end = from.node().logs->end(*ours, out);
    if (!end || end->size != sent->size() || end->receipted.size() != end->size)
        return findings.push_back(where + "not receipted to its end");
    if (end->size == 0) return;
    const auto receipt = trust::open_cosigned_checkpoint(
        end->note, from.machine().peer().head_verifier(), to.machine().peer().receipt_verifier());
    if (!receipt || receipt->checkpoint.size != end->size)
        findings.push_back(where + "the receipt does not verify");
}

/// Everything both sides said of one referral, and how often each token was said.
using Tokens = std::map<std::string, unsigned>;

Result<void> collect(Site& site, const ReferralRecord& record, Tokens& tokens) {
    const auto snapshot = site.node().store->snapshot().value();
    for (const Side side : {Side::asker, Side::asked}) {
        const auto& events = side == Side::asker ? record.asker : record.asked;
        for (std::uint32_t i = 0; i < events.size(); ++i) {
            const auto message = site.node().referrals->message(*snapshot, record, side, i);
            if (!message) return std::unexpected(message.error());
            if (casework::mark_of(*message) != events[i]) return fail(Fault::conflict, "mark");
            const auto& token = message->request ? message->request->case_code : message->text;
            if (!token.empty()) ++tokens[token];
        }
    }
    return {};
}

void check_referral(Site& asker, Site& asked, const ReferralRecord& ours,
                    const ReferralRecord& theirs, Findings& findings) {
    const std::string where = "referral " + format(ours.id) + ": ";
    if (ours.asker != theirs.asker || ours.asked != theirs.asked)
        findings.push_back(where + "the two sides hold different events");
    const auto view = casework::view_of(ours);
    if (view != casework::view_of(theirs))
        findings.push_back(where + asker.id().text + " sees " +
                           std::string(casework::name(view.state)) + ", " + asked.id().text +
                           " another");
    if (!view.asker_responsible && !view.asked_responsible)
        findings.push_back(where + "nobody is responsible");
    if (view.state == casework::ReferralState::not_completed && view.asked_responsible)
        findings.push_back(where + "was given back, and nobody said that it arrived");
    if (!casework::is_ended(view.state))
        findings.push_back(where + "never ended: " + std::string(casework::name(view.state)));
}

void check_tokens(const Ledger& ledger, const std::vector<Tokens>& by_site, Findings& findings) {
    for (const auto& act : ledger.acts()) {
        unsigned most = 0;
        unsigned holders = 0;
        for (const auto& tokens : by_site) {
            const auto found = tokens.find(act.token);
            if (found == tokens.end()) continue;
            most = std::max(most, found->second);
            ++holders;
        }
        if (most > 1) findings.push_back(act.token + " is there more than once");
        if (holders != 0 && holders != 2) findings.push_back(act.token + " is at one side only");
        if (act.outcome == Ledger::Outcome::stored && holders == 0)
            findings.push_back(act.token + " was answered and is lost");
        if (act.outcome == Ledger::Outcome::refused && holders != 0)
            findings.push_back(act.token + " was refused and is there");
    }
}

void check_referrals(const Sites& sites, const Ledger& ledger, Findings& findings) {
    std::vector<Tokens> by_site;
    for (const auto& site : sites) {
        Tokens& tokens = by_site.emplace_back();
        const auto records = site->node().all_referrals();
        if (!records) return findings.push_back(site->id().text + ": referrals cannot be read");
        for (const auto& record : *records) {
            if (const auto collected = collect(*site, record, tokens); !collected)
                findings.push_back(site->id().text +
                                   ": an event cannot be read: " + collected.error().detail);
            Site* peer = find(sites, record.peer);
            const auto theirs = peer->node().referral(record.id);
            if (!theirs)
                findings.push_back("referral " + format(record.id) + " is not at " +
                                   record.peer.text);
            else if (record.side == Side::asker)
                check_referral(*site, *peer, record, *theirs, findings);
        }
    }
    check_tokens(ledger, by_site, findings);
}

/// Every step of every clock is told once, whatever became of the clock and of the machine.
void check_told(Site& site, Findings& findings) {
    const auto snapshot = site.node().store->snapshot().value();
    const auto events = site.node().feed->read(*snapshot, 0, store::Feed::kept_events_max);
    if (!events) return findings.push_back(site.id().text + ": the feed cannot be read");
    std::set<std::tuple<std::string, std::array<std::uint8_t, 16>, std::uint64_t>> told;
    for (const auto& event : *events)
        if (event.name.starts_with("referral.clock_") &&
            !told.emplace(event.name, event.subject, event.number).second)
            findings.push_back(site.id().text + " told twice: " + event.name);
}

}  // namespace

void check_owners(const Sites& sites, Findings& findings) {
    for (const auto& site : sites) {
        if (!site->is_up()) continue;
        for (const auto& ours : site->referrals()) {
            if (ours.record.side != Side::asker || ours.view.asker_responsible) continue;
            Site* peer = find(sites, ours.record.peer);
            if (!peer->is_up()) continue;
            // Who lost a disk does not know yet what it said.
            if (!site->is_whole(peer->id()) || !peer->is_whole(site->id())) continue;
            const auto* theirs = peer->find_referral(ours.record.id);
            if (theirs == nullptr || !theirs->view.asked_responsible)
                findings.push_back("referral " + format(ours.record.id) + " had no owner");
        }
    }
}

bool is_at_rest(const Sites& sites) {
    for (const auto& site : sites) {
        if (!site->is_up()) return false;
        const auto snapshot = site->node().store->snapshot().value();
        for (const auto& other : sites) {
            if (&*other == &*site || !other->is_up()) continue;
            const auto theirs = other->node().store->snapshot().value();
            for (const Lane lane : federation::all_lanes) {
                const auto out =
                    site->node().logs->end(*snapshot, {other->id(), Direction::out, lane});
                const auto in = other->node().logs->end(*theirs, {site->id(), Direction::in, lane});
                if (!out || !in || out->receipted.size() != out->size || in->size != out->size)
                    return false;
            }
        }
    }
    return true;
}

void check_end(const Sites& sites, const Ledger& ledger, Findings& findings) {
    for (const auto& site : sites) {
        for (const auto& other : sites)
            if (&*other != &*site)
                for (const Lane lane : federation::all_lanes)
                    check_log(*site, *other, lane, findings);
        const auto audited = site->node().audit->verify(*site->node().store->snapshot().value());
        if (!audited) findings.push_back(site->id().text + ": " + audited.error().detail);
        if (!site->machine().disk.rows("link.parked").empty())
            findings.push_back(site->id().text + ": an entry is parked");
        for (const auto& link : site->node().links->status())
            if (!link.frozen.empty())
                findings.push_back(site->id().text + ": a link is frozen: " + link.frozen);
        site->check_counters();
        check_told(*site, findings);
        site->check_promises();
    }
    check_referrals(sites, ledger, findings);
}

}  // namespace sanad::sim
