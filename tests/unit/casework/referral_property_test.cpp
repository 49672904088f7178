#include "core/casework/referral_record.h"

#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

#include <set>

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;

constexpr int histories = 3000;
constexpr int steps = 60;

/// One node's end of a referral: everything of its own, and what has come from the other so far.
struct End {
    ReferralRecord record;
    bool was_ended = false;
    bool was_final = false;

    End(Side side, std::string kind) {
        record.side = side;
        record.kind = std::move(kind);
    }
    std::vector<ReferralEvent>& own() {
        return record.side == Side::asker ? record.asker : record.asked;
    }
    std::vector<ReferralEvent>& others() {
        return record.side == Side::asker ? record.asked : record.asker;
    }
    /// What must hold at every moment at every end.
    ReferralView checked_view() {
        const auto view = view_of(record);
        REQUIRE((view.asker_responsible || view.asked_responsible));
        if (was_final) REQUIRE(is_final(view.state));
        if (was_ended) REQUIRE(is_ended(view.state));
        was_ended = is_ended(view.state);
        was_final = is_final(view.state);
        REQUIRE(view.refused.empty());  // honest writers are never refused, however things cross
        return view;
    }
};

class Pair {
public:
    Pair(std::uint64_t seed, std::string kind)
        : entropy_(seed), asker_(Side::asker, kind), asked_(Side::asked, kind) {
        append(asker_, {Kind::request, 0, {}});
    }

    void step() {
        switch (entropy_.next() % 8) {
            case 0:
            case 1:
                return write(asker_);
            case 2:
            case 3:
                return write(asked_);
            case 4:
                return receive_receipt();
            case 5:
            case 6:
                return deliver(asker_, asked_);
            default:
                return deliver(asked_, asker_);
        }
    }

    void deliver_all() {
        while (deliver(asker_, asked_), asked_.others().size() < asker_.own().size()) {
        }
        while (deliver(asked_, asker_), asker_.others().size() < asked_.own().size()) {
        }
        receive_receipt();
    }

    End& asker() { return asker_; }
    End& asked() { return asked_; }
    const std::set<ReferralState>& seen() const { return seen_; }

private:
    void append(End& end, ReferralEvent event) {
        const auto index = static_cast<std::uint32_t>(end.own().size());
        REQUIRE(append_event(end.record, end.record.side, index, event, {}) == Appended::applied);
        seen_.insert(end.checked_view().state);
    }

    void write(End& end) {
        if (end.record.side == Side::asked && end.others().empty()) return;  // has not heard of it
        const auto view = end.checked_view();
        std::vector<Kind> allowed;
        for (std::size_t i = 1; i < referral_event_kind_count; ++i)
            if (check_next(view, end.record.side, static_cast<Kind>(i)))
                allowed.push_back(static_cast<Kind>(i));
        if (allowed.empty()) return;
        const Kind kind = allowed[entropy_.next() % allowed.size()];
        append(end, {kind, static_cast<std::uint32_t>(end.others().size()), {}});
    }

    void deliver(End& from, End& to) {
        const auto index = static_cast<std::uint32_t>(to.others().size());
        if (index == from.own().size()) return;
        REQUIRE(append_event(to.record, from.record.side, index, from.own()[index], {}));
        // The same event again, as after a lost acknowledgement, changes nothing.
        REQUIRE(append_event(to.record, from.record.side, index, from.own()[index], {}) ==
                Appended::repeated);
        seen_.insert(to.checked_view().state);
    }

    void receive_receipt() {
        if (!asked_.others().empty()) asker_.record.stored_at = {1};
        seen_.insert(asker_.checked_view().state);
    }

    test::CounterEntropy entropy_;
    End asker_, asked_;
    std::set<ReferralState> seen_;
};

}  // namespace

TEST_CASE("two honest nodes agree at the end of any history, whatever crossed on the way") {
    std::set<ReferralState> seen;
    for (int seed = 0; seed < histories; ++seed) {
        Pair pair(static_cast<std::uint64_t>(seed), seed % 2 == 0 ? "referral" : "transfer");
        for (int i = 0; i < steps; ++i) pair.step();
        pair.deliver_all();
        INFO("seed " << seed);
        REQUIRE(pair.asker().checked_view() == pair.asked().checked_view());
        seen.insert(pair.seen().begin(), pair.seen().end());
    }
    CHECK(seen.size() == referral_state_count - 4);  // all but none and the three of preparation
}

TEST_CASE("a peer that writes anything at all cannot bring two copies of one history apart") {
    test::CounterEntropy entropy(77);
    for (int i = 0; i < histories; ++i) {
        std::vector<ReferralEvent> asker{{Kind::request, 0, {}}}, asked;
        for (int j = 0; j < 20; ++j) {
            auto& list = entropy.next() % 2 == 0 ? asker : asked;
            list.push_back({static_cast<Kind>(entropy.next() % (referral_event_kind_count + 2)),
                            static_cast<std::uint32_t>(entropy.next() % 12),
                            {static_cast<std::int64_t>(entropy.next())}});
        }
        const auto view = fold(asker, asked, Stored::yes, Handover::take_over);
        REQUIRE(view == fold(asker, asked, Stored::yes, Handover::take_over));
        REQUIRE((view.asker_responsible || view.asked_responsible));
        REQUIRE(view.asker_events == asker.size());
        REQUIRE_FALSE(name(view.state).empty());
    }
}

TEST_CASE(
    "an event is appended at its index: repeated, refused, conflicting and early ones are told "
    "apart") {
    ReferralRecord record;
    record.side = Side::asked;
    record.kind = "referral";
    const ReferralEvent request{Kind::request, 0, {5}};
    CHECK(append_event(record, Side::asker, 1, request, {}).error().detail == "gap");
    CHECK(append_event(record, Side::asker, 0, request, {7}) == Appended::applied);
    CHECK(record.state == ReferralState::delivered);
    CHECK(record.updated_at == Time{7});
    CHECK(append_event(record, Side::asker, 0, request, {}) == Appended::repeated);
    CHECK(append_event(record, Side::asker, 0, {Kind::note, 0, {5}}, {}).error().fault ==
          Fault::conflict);
    CHECK(append_event(record, Side::asker, 1, {Kind::accept, 0, {}}, {}) == Appended::refused);
    CHECK(append_event(record, Side::none, 2, request, {}).error().fault == Fault::invalid);
}

TEST_CASE(
    "an event based on what was never written, or that forgets what it saw, is not appended") {
    ReferralRecord record;
    record.side = Side::asked;
    REQUIRE(append_event(record, Side::asker, 0, {Kind::request, 0, {}}, {}));
    CHECK(append_event(record, Side::asker, 1, {Kind::note, 1, {}}, {}).error().detail ==
          "impossible_count");
    REQUIRE(append_event(record, Side::asked, 0, {Kind::review, 1, {}}, {}));
    REQUIRE(append_event(record, Side::asker, 1, {Kind::note, 1, {}}, {}));
    CHECK(append_event(record, Side::asker, 2, {Kind::note, 0, {}}, {}).error().detail ==
          "impossible_count");
    CHECK(record.asker.size() == 2);
}

TEST_CASE("the asked side's event that saw no request is not appended") {
    ReferralRecord record;
    record.side = Side::asker;
    REQUIRE(append_event(record, Side::asker, 0, {Kind::request, 0, {}}, {}));
    CHECK(append_event(record, Side::asked, 0, {Kind::review, 0, {}}, {}).error().detail ==
          "impossible_count");
    CHECK(append_event(record, Side::asked, 0, {Kind::review, 1, {}}, {}) == Appended::applied);
}

TEST_CASE("two events that claim to have seen each other are not both appended") {
    ReferralRecord record;
    record.side = Side::asked;
    // Our own words are back after a loss; then the peer tells its part.
    REQUIRE(restore_event(record, 0, {Kind::review, 1, {}}, {}));
    REQUIRE(restore_event(record, 1, {Kind::note, 2, {}}, {}));
    CHECK(append_event(record, Side::asker, 0, {Kind::request, 1, {}}, {}).error().detail ==
          "impossible_count");
    REQUIRE(append_event(record, Side::asker, 0, {Kind::request, 0, {}}, {}));
    CHECK(append_event(record, Side::asker, 1, {Kind::note, 2, {}}, {}).error().detail ==
          "impossible_count");
    CHECK(append_event(record, Side::asker, 1, {Kind::note, 1, {}}, {}) == Appended::applied);
}

}  // namespace sanad::casework
