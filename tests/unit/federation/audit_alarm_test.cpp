#include "tests/unit/federation/witnessed.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using test::dz;
using test::ma;
using test::tn;
using test::Witnessed;

TEST_CASE_METHOD(Witnessed, "a log that got shorter is not cosigned, and both heads are kept") {
    ask(ma, tn, story(ma, 9, 1));
    ask(ma, tn, story(ma, 8, 1));
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "smaller");
    check_evidence(alarms(tn)[0], ma);
    CHECK(is_cosigned(alarms(tn)[0].first, ma, tn));
    CHECK_FALSE(is_cosigned(alarms(tn)[0].second, ma, tn));
    CHECK(at(tn).counters.count("audit.cosigned") == 1);
    SECTION("the owner hears of it, with the evidence") {
        REQUIRE(alarms(ma).size() == 1);
        CHECK(alarms(ma)[0].told_by == id(tn));
        CHECK(is_cosigned(alarms(ma)[0].first, ma, tn));
    }
    SECTION("a second time it is counted, and not raised") {
        ask(ma, tn, story(ma, 7, 1));
        REQUIRE(alarms(tn).size() == 1);
        CHECK(alarms(tn)[0].repeats == 1);
    }
    SECTION("a person who has looked into it lets the log begin anew") {
        const auto acknowledge = [&] {
            return at(tn).run([&](store::Draft& draft) {
                return at(tn).witness->acknowledge(draft, alarms(tn)[0].id, "youssef");
            });
        };
        CHECK(acknowledge().has_value());
        CHECK(acknowledge().error().fault == Fault::denied);
        CHECK(alarms(tn)[0].acknowledged_by == "youssef");
        ask(ma, tn, story(ma, 10, 3));
        CHECK(alarms(tn).size() == 1);
        CHECK(at(tn).counters.count("audit.cosigned") == 2);
    }
}

TEST_CASE_METHOD(Witnessed, "a log of the same length with another root is an alarm") {
    ask(ma, tn, story(ma, 9, 1));
    ask(ma, tn, story(ma, 9, 1));  // the same again is none
    CHECK(alarms(tn).empty());
    ask(ma, tn, story(ma, 9, 2));
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "other_root");
    check_evidence(alarms(tn)[0], ma);
}

TEST_CASE_METHOD(Witnessed, "a log that grew by another past is an alarm") {
    const auto before = story(ma, 9, 1);
    const auto after = story(ma, 12, 2);
    ask(ma, tn, before);
    SECTION("with a proof of something else") {
        const auto proof = trust::consistency_proof(9, 12, trust::leaves_in(after.leaves)).value();
        tell(ma, tn, AuditCosignRequest{{after.head, 9, proof}});
    }
    SECTION("without a proof, and the owner has none when it is asked") { ask(ma, tn, after); }
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "inconsistent");
    check_evidence(alarms(tn)[0], ma);
    CHECK(at(tn).counters.count("audit.cosigned") == 1);
}

TEST_CASE_METHOD(Witnessed, "two stories told to two peers come together at everybody") {
    SECTION("of one length") {
        ask(ma, tn, story(ma, 9, 1));
        ask(ma, dz, story(ma, 9, 2));
        CHECK(alarms(tn).empty());
        CHECK(alarms(dz).empty());
        round(tn);
        round(dz);
        for (const std::size_t witness : {tn, dz}) {
            REQUIRE(alarms(witness).size() == 1);
            CHECK(alarms(witness)[0].kind == "other_root");
            check_evidence(alarms(witness)[0], ma);
        }
    }
    SECTION("of two lengths") {
        ask(ma, tn, story(ma, 9, 1));
        ask(ma, dz, story(ma, 12, 2));
        round(tn);
        round(dz);
        for (const std::size_t witness : {tn, dz}) {
            REQUIRE(alarms(witness).size() == 1);
            CHECK(alarms(witness)[0].kind == "inconsistent");
            check_evidence(alarms(witness)[0], ma);
        }
    }
    // And the owner sees its own signature under heads that it knows nothing of.
    REQUIRE_FALSE(alarms(ma).empty());
    CHECK(alarms(ma)[0].about == id(ma));
}

TEST_CASE_METHOD(Witnessed, "a witness cosigns only what fits the heads that others told it of") {
    ask(ma, tn, story(ma, 9, 1));
    round(tn);  // dz hears of it
    REQUIRE(seen(dz, ma).size() == 1);
    SECTION("the same head") {
        ask(ma, dz, story(ma, 9, 1));
        CHECK(seen(dz, ma)[0].cosigned);
        CHECK(alarms(dz).empty());
    }
    SECTION("another of the same length") {
        ask(ma, dz, story(ma, 9, 2));
        REQUIRE(alarms(dz).size() == 1);
        CHECK(alarms(dz)[0].kind == "other_root");
    }
    SECTION("a longer one that the owner cannot explain") {
        ask(ma, dz, story(ma, 12, 2));
        REQUIRE(alarms(dz).size() == 1);
        CHECK(alarms(dz)[0].kind == "inconsistent");
        CHECK(std::ranges::none_of(seen(dz, ma), &SeenAuditHead::cosigned));
    }
}

TEST_CASE_METHOD(Witnessed, "a witness that is new to a log asks how it grew, and then cosigns") {
    hour();
    REQUIRE(at(tn)
                .run([&](store::Draft& draft) {
                    auto book = at(tn).witness->book();
                    return book.set_position(draft, id(ma),
                                             {.cosigned = 0, .proven = own_heads(ma)[0].size});
                })
                .has_value());
    REQUIRE(at(ma)
                .run([&](store::Draft& draft) {
                    auto book = at(ma).witness->book();
                    return book.set_cosigned_by(draft, id(tn), 0);
                })
                .has_value());
    hour();
    CHECK(at(tn).counters.count("audit.questions") == 1);
    CHECK(alarms(tn).empty());
    CHECK(is_cosigned(own_heads(ma)[0].note, ma, tn));
}

TEST_CASE_METHOD(Witnessed, "two stories that part behind a head that everybody knows are found") {
    const auto common = story(ma, 9, 0);
    ask(ma, tn, common);
    ask(ma, dz, common);
    round(tn);
    round(dz);
    const auto grow = [&](std::size_t witness, const Story& told) {
        const auto proof =
            trust::consistency_proof(9, told.size(), trust::leaves_in(told.leaves)).value();
        tell(ma, witness, AuditCosignRequest{{told.head, 9, proof}});
    };
    grow(tn, story(ma, 12, 1, 9));
    grow(dz, story(ma, 14, 2, 9));
    CHECK(alarms(tn).empty());
    CHECK(alarms(dz).empty());
    SECTION("when the witnesses tell each other") {
        round(tn);
        round(dz);
        for (const std::size_t witness : {tn, dz}) {
            REQUIRE(alarms(witness).size() == 1);
            CHECK(alarms(witness)[0].kind == "inconsistent");
            check_evidence(alarms(witness)[0], ma);
        }
    }
    SECTION("when one of them has heard of the other story, and is asked to cosign again") {
        lost = id(ma);  // it keeps still when it is asked
        round(tn);
        lost = {};
        const auto again = story(ma, 16, 2, 9);
        const auto proof = trust::consistency_proof(14, 16, trust::leaves_in(again.leaves)).value();
        tell(ma, dz, AuditCosignRequest{{again.head, 14, proof}});
        clock.advance(audit_round_default * audit_answer_rounds);
        round(dz);
        REQUIRE_FALSE(alarms(dz).empty());
        check_evidence(alarms(dz)[0], ma);
    }
}

TEST_CASE_METHOD(Witnessed,
                 "a node restored from a backup sees heads of its own that it does not know") {
    hour();
    const auto came_back = [&](const std::string& head) {
        const ReceivedEntry entry{
            .lane = {id(tn), Direction::out, Lane::normal},
            .index = 1,
            .id = {},
            .created_at = {},
            .body =
                Body{BodyKind::audit, {}, write_audit_message(AuditCosignRequest{{head, 0, {}}})}};
        REQUIRE(at(ma)
                    .run([&](store::Draft& draft) -> Result<void> {
                        const auto kept = at(ma).witness->apply_own(draft, entry, clock.now());
                        if (!kept) return std::unexpected(kept.error());
                        return {};
                    })
                    .has_value());
    };
    came_back(own_heads(ma)[0].note);
    CHECK(alarms(ma).empty());
    came_back(story(ma, 200, 1).head);
    REQUIRE(alarms(ma).size() == 1);
    CHECK(alarms(ma)[0].kind == "not_ours");
    check_evidence(alarms(ma)[0], ma);
}

TEST_CASE_METHOD(Witnessed, "a witness that was told of a later head cosigns only what fits it") {
    const auto common = story(ma, 9, 0);
    const auto later = story(ma, 12, 1, 9);
    const auto other = story(ma, 14, 2, 9);
    const auto grown = [&](const Story& told) {
        const auto leaves = trust::leaves_in(told.leaves);
        return AuditCosignRequest{
            {told.head, 9, trust::consistency_proof(9, told.size(), leaves).value()}};
    };
    ask(ma, tn, common);
    ask(ma, dz, common);
    tell(ma, tn, grown(later));
    round(tn);  // dz hears of it, and of its proof
    REQUIRE(seen(dz, ma).size() == 2);
    tell(ma, dz, grown(other));
    REQUIRE(alarms(dz).size() == 1);
    CHECK(alarms(dz)[0].kind == "inconsistent");
    CHECK(seen(dz, ma)[0].checkpoint.size == 14);
    CHECK_FALSE(seen(dz, ma)[0].cosigned);
}

TEST_CASE_METHOD(Witnessed, "an owner that does not answer in time is an alarm") {
    ask(ma, tn, story(ma, 9, 1));
    ask(ma, dz, story(ma, 12, 1));
    lost = id(ma);
    round(tn);
    round(dz);
    CHECK(at(tn).counters.count("audit.questions") == 1);
    clock.advance(audit_round_default * audit_answer_rounds - Duration(1));
    round(tn);
    CHECK(alarms(tn).empty());
    clock.advance(Duration(1));
    round(tn);
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "unanswered");
    check_evidence(alarms(tn)[0], ma);
}
