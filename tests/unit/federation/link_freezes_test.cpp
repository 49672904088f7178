#include "tests/unit/federation/log_checks.h"

using namespace sanad;
using namespace sanad::federation;
using casework::Urgency;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId tunisia{"tn.amal"};

struct Frozen : TwoNodes {
    Frozen() {
        CHECK(freeze("amina"));
        settle();
    }
    bool freeze(const std::string& by) {
        bool fresh = false;
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            LinkFreeze freeze;
            freeze.why = "by_administrator";
            freeze.by = by;
            const auto frozen = ma->freezes->freeze(draft, tunisia, freeze);
            if (!frozen) return std::unexpected(frozen.error());
            fresh = *frozen;
            return {};
        }));
        return fresh;
    }
    Result<LinkFreezes::Resumed> resume(const std::string& by) {
        Result<LinkFreezes::Resumed> resumed = fail(Fault::closed, "");
        (void)ma->run([&](store::Draft& draft) -> Result<void> {
            resumed = ma->freezes->resume(draft, tunisia, by, "spoke with them", clock.now());
            return resumed ? Result<void>{} : std::unexpected(resumed.error());
        });
        settle();
        return resumed;
    }
    std::optional<LinkFreeze> kept() {
        return ma->freezes->find(*ma->store->snapshot().value(), tunisia).value();
    }
    ReferralId refer() {
        const auto id =
            ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
        wait(std::chrono::minutes(2));
        return id;
    }
};

}  // namespace

TEST_CASE_METHOD(Frozen, "one administrator freezes a link, in both directions") {
    CHECK(ma->links->status().front().frozen == "by_administrator");
    CHECK(state_at(*tn, refer()) == casework::ReferralState::none);
    const auto id =
        tn->request(NodeId{"ma.cmrpi"}, sample_request("CASE-2", NodeId{"ma.cmrpi"}, Urgency::u2));
    wait(std::chrono::minutes(2));
    CHECK(ma->referral(*id).error().fault == Fault::not_found);
    CHECK(!freeze("youssef"));  // the first one stays
    CHECK(kept()->by == "amina");
}

TEST_CASE_METHOD(Frozen, "two different administrators let a link go on") {
    CHECK(resume("amina") == LinkFreezes::Resumed::asked);
    CHECK(resume("amina").error().detail == "second_person_missing");
    CHECK(ma->links->status().front().frozen == "by_administrator");
    const auto id = refer();
    CHECK(resume("youssef") == LinkFreezes::Resumed::done);
    wait(std::chrono::minutes(1));
    CHECK(!kept().has_value());
    CHECK(ma->links->status().front().frozen.empty());
    CHECK(state_at(*tn, id) == casework::ReferralState::delivered);
    CHECK(resume("amina").error().fault == Fault::not_found);
}

TEST_CASE_METHOD(Frozen, "the first administrator's word holds for a day") {
    REQUIRE(resume("amina") == LinkFreezes::Resumed::asked);
    clock.advance(LinkFreezes::resume_open - Duration{1});
    SECTION("and no longer") {
        clock.advance(Duration{1});
        CHECK(resume("youssef") == LinkFreezes::Resumed::asked);
        CHECK(kept()->resume_by == "youssef");
        CHECK(resume("amina") == LinkFreezes::Resumed::done);
    }
    SECTION("to its last moment") { CHECK(resume("youssef") == LinkFreezes::Resumed::done); }
    SECTION("and not before it was given, when the clock goes back") {
        clock.wall = clock.wall - std::chrono::days(2);
        CHECK(resume("youssef") == LinkFreezes::Resumed::asked);
    }
}
