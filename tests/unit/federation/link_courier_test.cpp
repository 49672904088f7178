// What goes by hand, between two nodes that have no connection.
#include "tests/unit/federation/log_checks.h"

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::check_all_logs;
using support::end_of;
using support::FederationNode;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

struct ByHand : TwoNodes {
    ByHand() {
        cut_off();
        wire.cut = true;
    }
    /// A new life of both, that has heard nothing yet.
    void cut_off() {
        ma.reset();
        tn.reset();
        wire.letters.clear();
        start_ma();
        start_tn();
    }
    /// A file with a greeting, the receipts, and both lanes from `first` on.
    std::vector<Bytes> file(FederationNode& from, const NodeId& to, std::uint64_t first = 0) {
        auto frames = from.links->courier_greeting(to).value().frames;
        for (const Lane lane : all_lanes)
            for (std::uint64_t next = first, size = UINT64_MAX; next < size;) {
                auto part = from.links->courier_push(to, lane, next, Links::Heard::may).value();
                for (auto& frame : part.frames) frames.push_back(std::move(frame));
                next = part.next;
                size = part.size;
            }
        return frames;
    }
    struct Import {
        std::uint64_t entries = 0;
        std::string refused;
    };
    Import import(FederationNode& into, const NodeId& from, const std::vector<Bytes>& frames) {
        Import import;
        for (const auto& frame : frames) {
            bool answered = false;
            into.links->courier_take(from, frame, [&](const Result<Links::CourierTaken>& taken) {
                answered = true;
                if (taken)
                    import.entries += taken->entries;
                else
                    import.refused = taken.error().detail;
            });
            while (into.turn()) {
            }
            CHECK(answered);
            if (!import.refused.empty()) break;
        }
        return import;
    }
    /// As a receipt file.
    std::vector<Bytes> receipt(FederationNode& from, const NodeId& to) {
        return from.links->courier_greeting(to).value().frames;
    }
};

}  // namespace

TEST_CASE_METHOD(ByHand, "a referral and its answers travel by hand, and are receipted") {
    const auto id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u0)).value();
    CHECK(import(*tn, morocco, file(*ma, tunisia)).entries == 2);
    CHECK(state_at(*tn, id) == ReferralState::delivered);
    REQUIRE(import(*ma, tunisia, receipt(*tn, morocco)).refused.empty());
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    CHECK(ma->links->courier_push(tunisia, Lane::urgent, 0, Links::Heard::must).has_value());
    REQUIRE(tn->move(id, ReferralEventKind::accept).has_value());
    CHECK(import(*ma, tunisia, file(*tn, morocco)).entries == 2);
    CHECK(state_at(*ma, id) == ReferralState::accepted);
    REQUIRE(import(*tn, morocco, receipt(*ma, tunisia)).refused.empty());
    check_all_logs(*this);
}

TEST_CASE_METHOD(ByHand, "what came by hand and by the network counts once, in whatever order") {
    std::vector<ReferralId> ids;
    for (int i = 0; i < 300; ++i)
        ids.push_back(
            ma->request(tunisia, sample_request("C-" + std::to_string(i), tunisia, Urgency::u2))
                .value());
    const auto whole = file(*ma, tunisia);
    SECTION("by hand first") {
        CHECK(import(*tn, morocco, whole).entries == 301);
        CHECK(import(*tn, morocco, whole).entries == 0);
    }
    SECTION("the network first") {
        wire.cut = false;
        wait(std::chrono::minutes(1));
        CHECK(import(*tn, morocco, whole).entries == 0);
    }
    SECTION("a part by each") {
        // The file begins before the end of what the network has brought, and ends behind it.
        const auto part = ma->links->courier_push(tunisia, Lane::normal, 0, Links::Heard::may);
        REQUIRE(import(*tn, morocco, receipt(*ma, tunisia)).refused.empty());
        REQUIRE(import(*tn, morocco, part->frames).entries == part->next);
        CHECK(import(*tn, morocco, file(*ma, tunisia, 100)).entries == 301 - part->next);
    }
    wire.cut = false;
    wait(std::chrono::minutes(1));
    for (const auto& id : ids) CHECK(state_at(*tn, id) == ReferralState::delivered);
    CHECK(tn->all_referrals()->size() == 300);
    check_all_logs(*this);
}

TEST_CASE_METHOD(ByHand, "by hand the same checks hold as on a connection") {
    REQUIRE(ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)));
    const auto good = file(*ma, tunisia);
    REQUIRE(good.size() == 2);
    const auto before = tn_machine.disk;
    const auto refused = [&](const std::vector<Bytes>& frames, const NodeId& from = morocco) {
        return import(*tn, from, frames).refused;
    };
    CHECK(refused({good[1]}) == "before_hello");
    Bytes flipped = good[1];
    flipped[flipped.size() / 2] ^= 1;
    CHECK(refused({good[0], flipped}) == "other_root");
    CHECK(refused(good, NodeId{"dz.node"}) == "node_unknown");
    CHECK(refused({good[0], Bytes(8)}) != "");
    REQUIRE(ma->request(tunisia, sample_request("CASE-2", tunisia, Urgency::u2)));
    auto later = ma->links->courier_push(tunisia, Lane::normal, 2, Links::Heard::may).value();
    CHECK(refused({good[0], later.frames[0]}) == "gap");
    for (const auto& table : tn_machine.disk.names())
        CHECK(tn_machine.disk.rows(table) == before.rows(table));
    CHECK(import(*tn, morocco, good).entries == 2);
}

TEST_CASE_METHOD(ByHand, "nothing is exported before the peer was heard, unless a person says so") {
    REQUIRE(ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)));
    const auto part = ma->links->courier_push(tunisia, Lane::normal, 0, Links::Heard::must);
    CHECK(part.error().detail == "link_not_heard");
    REQUIRE(import(*ma, tunisia, receipt(*tn, morocco)).refused.empty());
    CHECK(ma->links->courier_push(tunisia, Lane::normal, 0, Links::Heard::must).has_value());
}

TEST_CASE_METHOD(ByHand, "a file tells a restored node that it has lost something") {
    const auto backup = ma_machine.disk;
    REQUIRE(ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)));
    REQUIRE(import(*tn, morocco, file(*ma, tunisia)).entries == 2);
    ma.reset();
    ma_machine.disk = backup;
    start_ma();
    CHECK(import(*ma, tunisia, receipt(*tn, morocco)).refused == "link_recovering");
    const auto part = ma->links->courier_push(tunisia, Lane::normal, 0, Links::Heard::may);
    CHECK(part.error().detail == "link_recovering");
    wire.cut = false;
    wait(std::chrono::minutes(2));
    CHECK(ma->all_referrals()->size() == 1);
    check_all_logs(*this);
}

TEST_CASE_METHOD(ByHand, "of a frozen link nothing goes by hand either") {
    REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
        LinkFreeze freeze;
        freeze.why = "by_administrator";
        const auto frozen = ma->freezes->freeze(draft, tunisia, freeze);
        return frozen ? Result<void>{} : std::unexpected(frozen.error());
    }));
    while (ma->turn()) {
    }
    CHECK(ma->links->courier_greeting(tunisia).error().detail == "link_frozen");
    CHECK(import(*ma, tunisia, receipt(*tn, morocco)).refused == "link_frozen");
}
