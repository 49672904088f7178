#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

// FEDERATION section 5: what crosses on its way ends the same at both nodes, whoever wrote first
// and whichever word arrives first.
namespace sanad::support {
namespace {

using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using Kind = ReferralEventKind;
using State = ReferralState;

const NodeId tunisia{"tn.amal"};

struct Said {
    Kind kind;
    std::string reason, text;
};

struct Crossing {
    std::string name;
    std::string request;       // message-kinds
    std::vector<Said> before;  // by Tunisia, and heard
    Said asker, asked;         // what crosses
    State state;
    bool asker_responsible, asked_responsible;
    bool information_added = false;
};

const Said accept{Kind::accept, "", ""};
const Said start{Kind::start, "", ""};
const Said withdraw{Kind::withdraw, "resolved", ""};
const Said decline{Kind::decline, "no_capacity", ""};
const Said complete{Kind::complete, "service_delivered_full", ""};
const Said not_complete{Kind::not_complete, "child_unreachable", ""};
const Said information{Kind::information, "", "تفضل التواصل مساء"};

const std::vector<Crossing>& crossings() {
    static const std::vector<Crossing> all{
        {"withdraw x accept",
         "referral",
         {},
         withdraw,
         accept,
         State::withdraw_requested,
         true,
         true},
        {"withdraw x accept of a transfer",
         "transfer",
         {},
         withdraw,
         accept,
         State::withdraw_requested,
         true,
         true},
        {"expire x accept",
         "referral",
         {},
         {Kind::expire, "", ""},
         accept,
         State::withdraw_requested,
         true,
         true},
        {"entered in error x accept",
         "referral",
         {},
         {Kind::enter_in_error, "", ""},
         accept,
         State::withdraw_requested,
         true,
         true},
        {"withdraw x decline", "referral", {}, withdraw, decline, State::declined, true, false},
        {"withdraw x review",
         "referral",
         {},
         withdraw,
         {Kind::review, "", ""},
         State::withdrawn,
         true,
         false},
        {"withdraw x complete",
         "referral",
         {accept, start},
         withdraw,
         complete,
         State::completed,
         true,
         false},
        {"withdraw x complete of a transfer",
         "transfer",
         {accept, start},
         withdraw,
         complete,
         State::completed,
         false,
         true},
        {"withdraw x return",
         "referral",
         {accept, start},
         withdraw,
         not_complete,
         State::not_completed,
         true,
         false},
        {"withdraw x return of a transfer",
         "transfer",
         {accept, start},
         withdraw,
         not_complete,
         State::not_completed,
         true,
         false},
        {"information x accept",
         "referral",
         {},
         information,
         accept,
         State::accepted,
         true,
         true,
         true},
        {"information x decline",
         "referral",
         {},
         information,
         decline,
         State::declined,
         true,
         false,
         true},
    };
    return all;
}

struct Crossed : TwoNodes {
    void say(FederationNode& node, const ReferralId& id, const Said& said) {
        REQUIRE(node.move(id, said.kind, said.reason, said.text));
    }
    /// What was sent so far, to one node.
    std::vector<Letter> take(const NodeId& to) {
        std::vector<Letter> letters;
        std::erase_if(wire.letters, [&](Letter& letter) {
            if (letter.to != to) return false;
            letters.push_back(std::move(letter));
            return true;
        });
        return letters;
    }
    void deliver(const std::vector<Letter>& letters) {
        for (const auto& letter : letters) {
            auto& node = letter.to == ma_machine.id ? *ma : *tn;
            node.links->received(letter.from, letter.frame);
            while (node.turn()) {
            }
        }
    }
    void finish_writing(FederationNode& node) {
        while (node.turn()) {
        }
    }
    /// As check_owners of the simulator: by what their own node knows, never nobody.
    bool is_owned(const ReferralId& id) {
        return casework::view_of(*ma->referral(id)).asker_responsible ||
               casework::view_of(*tn->referral(id)).asked_responsible;
    }
};

}  // namespace

TEST_CASE_METHOD(Crossed,
                 "every crossing, in both orders, ends alike at both nodes, never ownerless") {
    for (const Crossing& crossing : crossings())
        for (const bool asker_writes_first : std::array{true, false})
            for (const bool asker_hears_first : std::array{true, false}) {
                INFO(crossing.name << " " << asker_writes_first << asker_hears_first);
                auto what = sample_request("CASE-1", tunisia, Urgency::u2);
                what.kind = crossing.request;
                const auto id = ma->request(tunisia, std::move(what)).value();
                settle();
                for (const Said& said : crossing.before) say(*tn, id, said);
                settle();

                if (asker_writes_first) say(*ma, id, crossing.asker);
                say(*tn, id, crossing.asked);
                if (!asker_writes_first) say(*ma, id, crossing.asker);
                finish_writing(*ma);
                finish_writing(*tn);
                CHECK(is_owned(id));
                const auto to_ma = take(ma_machine.id);
                const auto to_tn = take(tn_machine.id);
                deliver(asker_hears_first ? to_ma : to_tn);
                CHECK(is_owned(id));
                deliver(asker_hears_first ? to_tn : to_ma);
                CHECK(is_owned(id));
                settle();

                const auto view = casework::view_of(*ma->referral(id));
                CHECK(view == casework::view_of(*tn->referral(id)));
                CHECK(casework::name(view.state) == casework::name(crossing.state));
                CHECK(view.asker_responsible == crossing.asker_responsible);
                CHECK(view.asked_responsible == crossing.asked_responsible);
                CHECK(view.information_added == crossing.information_added);
                CHECK(view.refused.empty());
            }
}

TEST_CASE_METHOD(Crossed, "two nodes that accept one child are both shown, as double care") {
    const auto one = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    const auto two = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
    settle();
    say(*tn, one, accept);
    settle();
    const auto views = [&] {
        return std::array{casework::view_of(*ma->referral(one)),
                          casework::view_of(*ma->referral(two))};
    };
    CHECK_FALSE(casework::is_double_care(views()));
    say(*tn, two, accept);
    settle();
    CHECK(casework::is_double_care(views()));
    say(*tn, one, complete);
    settle();
    CHECK_FALSE(casework::is_double_care(views()));
}

}  // namespace sanad::support
