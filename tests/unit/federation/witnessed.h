#pragma once

#include "core/federation/audit_witness.h"
#include "core/trust/checkpoint.h"
#include "tests/unit/federation/three_nodes.h"

#include <catch2/catch.hpp>

namespace sanad::test {

using federation::audit_origin;
using federation::AuditAlarm;
using federation::AuditCosignRequest;
using federation::AuditMessage;
using federation::BodyKind;
using federation::Lane;
using federation::OwnAuditHead;
using federation::SeenAuditHead;
using support::FederationNode;

constexpr std::size_t ma = 0, tn = 1, dz = 2;

/// Three helplines that witness each other's audit logs, and one of them may lie.
struct Witnessed : support::ThreeNodes {
    FederationNode& at(std::size_t which) { return *nodes[which]; }
    const NodeId& id(std::size_t which) const { return machines[which].id; }

    /// Some acts, each with an entry in the node's audit log.
    void act(std::size_t which, int times = 3) {
        for (int i = 0; i < times; ++i) {
            const auto done = at(which).run([&](store::Draft& draft) -> Result<void> {
                at(which).audit->append(draft, {.at = clock.now(),
                                                .actor = "amina",
                                                .role = "counsellor",
                                                .action = "case.open",
                                                .subject = {std::uint8_t(i + 1)}});
                return {};
            });
            REQUIRE(done.has_value());
        }
    }
    void round(std::size_t which) {
        const auto done = at(which).run(
            [&](store::Draft& draft) { return at(which).witness->on_timer(draft, clock.now()); });
        REQUIRE(done.has_value());
        settle();
    }
    /// Everybody works for an hour, and then everybody's round comes.
    void hour() {
        clock.advance(std::chrono::hours(1));
        for (const std::size_t which : {ma, tn, dz}) act(which);
        for (const std::size_t which : {ma, tn, dz}) round(which);
    }

    template <typename Read>
    auto read(std::size_t which, Read read) {
        const auto snapshot = at(which).store->snapshot();
        REQUIRE(snapshot.has_value());
        auto value = read(at(which).witness->book(), **snapshot);
        REQUIRE(value.has_value());
        return std::move(*value);
    }
    std::vector<AuditAlarm> alarms(std::size_t which) {
        return read(which, [](const auto& book, auto& from) { return book.alarms(from, 100); });
    }
    std::vector<OwnAuditHead> own_heads(std::size_t which) {
        return read(which, [](const auto& book, auto& from) { return book.own_heads(from, 100); });
    }
    std::vector<SeenAuditHead> seen(std::size_t which, std::size_t owner) {
        return read(which, [&](const auto& book, auto& from) {
            return book.seen_heads(from, id(owner), 100);
        });
    }

    trust::Verifier owner_key(std::size_t which) const {
        return machines[which].peer().head_verifier();
    }
    trust::Verifier witness_key(std::size_t which) const {
        return machines[which].peer().receipt_verifier();
    }
    bool is_cosigned(const std::string& note, std::size_t owner, std::size_t witness) const {
        return trust::open_cosigned_checkpoint(note, owner_key(owner), witness_key(witness))
            .has_value();
    }

    /// A head of a log of `size` entries that are all `filler`, but for the first
    /// `common` ones: one story among many.
    struct Story {
        std::vector<trust::Digest> leaves;
        std::string head;
        std::uint64_t size() const { return leaves.size(); }
    };
    Story story(std::size_t owner, std::uint64_t size, std::uint8_t filler,
                std::uint64_t common = 0) const {
        Story told;
        trust::Frontier frontier;
        for (std::uint64_t i = 0; i < size; ++i) {
            told.leaves.push_back(
                trust::leaf_hash(Bytes{i < common ? std::uint8_t(0) : filler, std::uint8_t(i)}));
            frontier.append(told.leaves.back());
        }
        told.head = trust::sign_checkpoint({audit_origin(id(owner)), size, frontier.root()},
                                           machines[owner].signing, id(owner).text)
                        .value();
        return told;
    }
    /// What a dishonest node writes into its log, in the place of what it should.
    void tell(std::size_t from, std::size_t to, const AuditMessage& message) {
        const auto told = at(from).run([&](store::Draft& draft) -> Result<void> {
            draft.then([&](store::Transaction& transaction) -> Result<void> {
                const auto entry = at(from).logs->append(
                    transaction, id(to), Lane::normal, store::node_key_id,
                    {BodyKind::audit, {}, write_audit_message(message)}, clock.now());
                if (!entry) return std::unexpected(entry.error());
                return {};
            });
            return {};
        });
        REQUIRE(told.has_value());
        settle();
    }
    void ask(std::size_t owner, std::size_t witness, const Story& told) {
        tell(owner, witness, AuditCosignRequest{{told.head, 0, {}}});
    }
    /// Both heads of the alarm are signed by the one that it is about, and they differ.
    void check_evidence(const AuditAlarm& alarm, std::size_t owner) {
        CHECK(alarm.about == id(owner));
        const auto first = trust::open_checkpoint(alarm.first, owner_key(owner));
        const auto second = trust::open_checkpoint(alarm.second, owner_key(owner));
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK(*first != *second);
    }
};

}  // namespace sanad::test
