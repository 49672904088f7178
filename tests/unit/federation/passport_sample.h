#pragma once

#include "core/federation/passport_export.h"
#include "core/federation/passport_verify.h"
#include "nodes/passport-verifier/findings.h"
#include "tests/unit/federation/directory_sample.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

namespace sanad::test {

/// The directory of the two machines, signed by stewards 1 and 2 of three.
inline federation::Directory directory_of(const support::TwoNodes& world) {
    CounterEntropy entropy{2'000};
    federation::Directory directory = sample_directory();
    directory.nodes.clear();
    for (const auto* machine : {&world.ma_machine, &world.tn_machine}) {
        auto entry = node(machine->id.text, 1);
        entry.keys = federation::sign_key_bundle(
            machine->id, trust::SigningKey::generate(entropy), machine->signing.public_key(),
            machine->sealing.public_key(), machine->transport.public_key(),
            parse_time("2026-11-01T00:00:00Z").value());
        directory.nodes.push_back(std::move(entry));
    }
    return directory;
}

/// What both verifiers say, the node's and the separate one: the same verdict, and the same things
/// proven when it is "valid".
inline bool agree(const Result<federation::PassportReport>& report,
                  const Result<verifier::Findings>& findings) {
    if (report.has_value() != findings.has_value()) return false;
    if (!report) return true;
    const auto same_log = [](const auto& left, const auto& right) {
        return left.size == right.size && left.root == right.root &&
               left.receipted == right.receipted && left.receipted_at == right.receipted_at;
    };
    const auto same_event = [](const auto& left, const auto& right) {
        if (int(left.side) != int(right.side) || left.index != right.number ||
            left.entry != right.index || left.leaf != right.leaf ||
            (left.standing == federation::PassportReport::Standing::receipted) != right.receipted ||
            left.message.has_value() != right.said.has_value())
            return false;
        return !left.message ||
               (left.message->at == right.said->at && left.message->text == right.said->text &&
                left.message->reason == right.said->reason &&
                casework::name(left.message->kind) == right.said->kind &&
                (left.refused == casework::Rule::wrong_side) == right.wrong_side &&
                left.message->seen_other == right.said->seen_other);
    };
    return report->referral.bytes == findings->referral &&
           report->asker.id.text == findings->asker.id &&
           report->asked.id.text == findings->asked.id &&
           int(report->exporter) == int(findings->exporter) &&
           report->exported_at == findings->exported_at &&
           report->directory.version == findings->federation.version &&
           report->directory.signed_by == findings->federation.signed_by &&
           std::ranges::equal(report->logs, findings->logs, same_log) &&
           std::ranges::equal(report->events, findings->events, same_event);
}

/// Two nodes, and a referral that goes from request to completion among other traffic.
struct PassportWorld : support::TwoNodes {
    using Kind = casework::ReferralEventKind;

    const NodeId tunisia = tn_machine.id;
    const std::string directory = signed_by(directory_of(*this), {1, 2});
    const std::vector<trust::Verifier> stewards{steward(1), steward(2), steward(3)};

    ReferralId ask(const std::string& case_code,
                   casework::Urgency urgency = casework::Urgency::u2) {
        const auto id =
            ma->request(tunisia, support::sample_request(case_code, tunisia, urgency)).value();
        settle();
        return id;
    }
    void say(support::FederationNode& node, const ReferralId& id, Kind kind,
             const std::string& reason = {}, const std::string& text = {}) {
        [[maybe_unused]] const auto moved = node.move(id, kind, reason, text);
        assert(moved.has_value());
        settle();
        clock.advance(std::chrono::minutes(5));
    }
    ReferralId completed_referral() {
        ask("CASE-0");
        const auto id = ask("CASE-1");
        ask("CASE-2");
        say(*tn, id, Kind::review);
        say(*tn, id, Kind::ask, "", "Quelle langue préfère-t-elle ?");
        say(*ma, id, Kind::information, "", "العربية");
        say(*tn, id, Kind::accept);
        say(*tn, id, Kind::start);
        say(*tn, id, Kind::complete, "service_delivered_full");
        turn_over();
        return id;
    }
    /// Receipts are written with the next commit.
    void turn_over() {
        settle();
        settle();
    }

    Result<Bytes> export_at(support::FederationNode& node, const support::Machine& machine,
                            const ReferralId& id) {
        return federation::export_passport(*node.store->snapshot().value(), *node.referrals,
                                           directory, machine.signing, id, clock.now());
    }
    Bytes from_ma(const ReferralId& id) { return export_at(*ma, ma_machine, id).value(); }
    Bytes from_tn(const ReferralId& id) { return export_at(*tn, tn_machine, id).value(); }

    Result<federation::PassportReport> verify(ByteView file, std::uint32_t threshold = 2) const {
        auto report = federation::verify_passport(file, stewards, threshold);
        const auto findings = verifier::examine(file, {stewards, threshold});
        INFO((report ? "the node accepts" : report.error().detail));
        INFO((findings ? "the separate verifier accepts" : findings.error().detail));
        CHECK(agree(report, findings));
        return report;
    }
    /// What a dishonest exporter in Morocco would hand out: changed, and signed again.
    Bytes resigned(const federation::Passport& passport) const {
        return federation::write_passport(passport, ma_machine.signing).value();
    }
};

/// Everything of a report that does not depend on who exported it and when.
inline bool same_events(const federation::PassportReport& left,
                        const federation::PassportReport& right) {
    return std::ranges::equal(left.events, right.events, [](const auto& one, const auto& other) {
        return one.side == other.side && one.by == other.by && one.index == other.index &&
               one.entry == other.entry && one.leaf == other.leaf && one.message == other.message &&
               one.refused == other.refused;
    });
}

inline bool same_report(const federation::PassportReport& left,
                        const federation::PassportReport& right) {
    const auto same_log = [](const auto& one, const auto& other) {
        return one.writer == other.writer && one.reader == other.reader && one.lane == other.lane &&
               one.receipted == other.receipted && one.receipted_at == other.receipted_at &&
               one.size == other.size && one.root == other.root;
    };
    return same_events(left, right) && left.referral == right.referral && left.view == right.view &&
           left.exporter == right.exporter && left.exported_at == right.exported_at &&
           left.directory.version == right.directory.version &&
           left.directory.signed_by == right.directory.signed_by &&
           std::ranges::equal(left.logs, right.logs, same_log) &&
           std::ranges::equal(left.events, right.events, {},
                              &federation::PassportReport::Event::standing,
                              &federation::PassportReport::Event::standing);
}

/// A referral, its passport from Morocco taken apart, and what becomes of it after a change.
struct Forger : PassportWorld {
    const ReferralId id = completed_referral();
    const Bytes file = from_ma(id);
    federation::Passport passport = federation::read_passport(file).value().passport;

    Error refusal() const {
        const auto report = verify(resigned(passport));
        REQUIRE_FALSE(report.has_value());
        return report.error();
    }
    federation::PassportEntry& first_of_asked() {
        return *std::ranges::find_if(passport.events, [&](const federation::PassportEntry& entry) {
            return passport.logs[entry.log].writer == casework::Side::asked;
        });
    }
    federation::PassportLog& log_of(casework::Side writer) {
        return *std::ranges::find(passport.logs, writer, &federation::PassportLog::writer);
    }
};

}  // namespace sanad::test
