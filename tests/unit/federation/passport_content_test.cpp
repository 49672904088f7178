#include "core/federation/log_tree.h"
#include "core/trust/checkpoint.h"
#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using casework::ReferralMessage;
using casework::Side;
using Kind = casework::ReferralEventKind;

namespace {

/// A node that writes whatever it likes into its log, and another that receipts all of it: what is
/// proven may still be nonsense. Morocco is the scribe, until a test says otherwise.
struct Scribe : test::PassportWorld {
    const ReferralId id = [&] {
        const auto made = ask("CASE-1");
        say(*tn, made, Kind::review);
        turn_over();
        return made;
    }();
    Side writer = Side::asker;
    const LinkKey link_key{trust::Seed{7}};
    Passport passport = read_passport(from_ma(id)).value().passport;
    const ReferralMessage request = *show_passport(from_ma(id))->events[0].message;
    std::vector<Bytes> log;  // raw entries
    std::vector<PassportEntry> events;

    ReferralMessage note(std::uint32_t index, std::uint32_t seen) const {
        return {.referral = id,
                .index = index,
                .seen_other = seen,
                .at = request.at,
                .kind = Kind::note,
                .reason = {},
                .text = "Thank you.",
                .request = {}};
    }
    Body body(const ReferralMessage& message) const {
        return {BodyKind::referral, id.bytes, casework::write_message(message)};
    }
    support::Machine& machine_of(Side side) {
        return side == Side::asker ? ma_machine : tn_machine;
    }
    std::string log_origin() {
        return "sanad/" + machine_of(writer).id.text + "/" +
               machine_of(casework::other(writer)).id.text + "/normal";
    }
    std::uint8_t log_number() const {
        return std::uint8_t(std::ranges::find(passport.logs, writer, &PassportLog::writer) -
                            passport.logs.begin());
    }

    /// Appends an entry, which is the event of that number.
    void write(const Body& content, std::uint32_t number) {
        const std::uint64_t index = log.size();
        add(seal_entry(EntryId{{1}}, request.at, {log_origin(), index}, content, link_key, entropy)
                .value(),
            number);
    }
    void write(const ReferralMessage& message) { write(body(message), message.index); }
    void add(Bytes raw, std::uint32_t number) {
        const auto key = entry_key(link_key, log.size()).bytes();
        events.push_back(
            {log_number(), log.size(), number, raw, Bytes(key.begin(), key.end()), {}, {}});
        log.push_back(std::move(raw));
    }

    /// The passport with this log in the place of the writer's.
    Result<PassportReport> judged() {
        const auto& owner = machine_of(writer);
        const auto& reader = machine_of(casework::other(writer));
        std::vector<trust::Digest> leaves;
        for (const auto& raw : log) leaves.push_back(trust::leaf_hash(raw));
        const LogTree tree(leaves);
        const auto head = trust::sign_checkpoint(
            {log_origin(), tree.size(), tree.root(tree.size())}, owner.signing, owner.id.text);
        passport.logs[log_number()].receipted =
            trust::add_cosignature(*head, reader.signing, reader.id.text, clock.now()).value();
        for (auto& event : events) event.proof = tree.inclusion(tree.size(), event.index).value();
        std::erase_if(passport.events,
                      [&](const auto& event) { return event.log == log_number(); });
        passport.events.insert(
            writer == Side::asker ? passport.events.begin() : passport.events.end(), events.begin(),
            events.end());
        return verify(resigned(passport));
    }
    Fault fault() {
        const auto report = judged();
        REQUIRE_FALSE(report.has_value());
        return report.error().fault;
    }
};

}  // namespace

TEST_CASE_METHOD(Scribe, "what a scribe writes in good order is believed") {
    write(request);
    write(note(1, 1));
    const auto report = judged();
    REQUIRE(report.has_value());
    CHECK(report->events.size() == 3);
    CHECK(report->view->state == casework::ReferralState::under_review);
}

TEST_CASE_METHOD(Scribe, "an event that had no effect is shown with the rule that forbids it") {
    write(request);
    auto confirm = note(1, 1);
    confirm.kind = Kind::confirm;
    confirm.text.clear();
    confirm.reason = "service_delivered_full";
    write(confirm);
    const auto report = judged();
    REQUIRE(report.has_value());
    CHECK(report->events[1].refused == casework::Rule::not_in_this_state);
    CHECK(report->events[0].refused == casework::Rule::none);
}

TEST_CASE_METHOD(Scribe, "a child that is taken over is the asked side's from acceptance on") {
    say(*tn, id, Kind::accept);
    turn_over();
    passport = read_passport(from_ma(id)).value().passport;
    auto transfer = request;
    transfer.request->kind = "transfer";
    write(transfer);
    CHECK_FALSE(judged()->view->asker_responsible);
    CHECK(verify(from_ma(id))->view->asker_responsible);
}

TEST_CASE_METHOD(Scribe, "a log with a later event before an earlier one is refused") {
    write(note(1, 0));
    write(request);
    std::swap(events[0], events[1]);
    CHECK(fault() == Fault::invalid);
}

TEST_CASE_METHOD(Scribe, "a referral that begins with anything but a request is refused") {
    write(note(0, 0));
    CHECK(fault() == Fault::invalid);
}

TEST_CASE_METHOD(Scribe, "nobody has seen what is not there, or forgets what was seen") {
    write(request);
    SECTION("not there") { write(note(1, 2)); }
    SECTION("forgotten") {
        write(note(1, 1));
        write(note(2, 0));
    }
    CHECK(fault() == Fault::invalid);
}

TEST_CASE_METHOD(Scribe,
                 "no two events have seen each other, and no answer came before the request") {
    SECTION("a request that saw the answer") {
        auto message = request;
        message.seen_other = 1;
        write(message);
        CHECK(fault() == Fault::invalid);
    }
    say(*ma, id, Kind::note, "", "Good morning.");  // it has seen the review
    turn_over();
    passport = read_passport(from_ma(id)).value().passport;
    writer = Side::asked;
    auto review = note(0, 1);
    review.kind = Kind::review;
    SECTION("an answer that saw the request") {
        write(review);
        CHECK(judged().has_value());
    }
    SECTION("an answer that saw what had seen it") {
        review.seen_other = 2;
        write(review);
        CHECK(fault() == Fault::invalid);
    }
    SECTION("an answer that saw no request") {
        review.seen_other = 0;
        write(review);
        CHECK(fault() == Fault::invalid);
    }
}

TEST_CASE_METHOD(Scribe, "what is not a side's to say is shown as without effect") {
    SECTION("by the asker") {
        write(request);
        auto accept = note(1, 1);
        accept.kind = Kind::accept;
        write(accept);
        const auto report = judged();
        REQUIRE(report.has_value());
        CHECK(report->events[1].refused == casework::Rule::wrong_side);
        CHECK(report->view->state == casework::ReferralState::under_review);
    }
    SECTION("by the asked") {
        writer = Side::asked;
        auto withdraw = note(0, 1);
        withdraw.kind = Kind::withdraw;
        withdraw.reason = "other";
        write(withdraw);
        const auto report = judged();
        REQUIRE(report.has_value());
        CHECK(report->events[1].refused == casework::Rule::wrong_side);
    }
}

TEST_CASE_METHOD(Scribe, "a consent may name attachments") {
    auto message = request;
    message.request->consent.items.insert(casework::Item::attachments);
    write(message);
    CHECK(judged().has_value());
}

TEST_CASE_METHOD(Scribe, "a side has a thousand events, erased ones too, and no more") {
    passport.events.clear();
    const auto leaves = GENERATE(std::uint32_t(1'000), std::uint32_t(1'001));
    for (std::uint32_t i = 0; i < leaves; ++i) {
        add(Bytes{std::uint8_t(i), std::uint8_t(i >> 8)}, i);
        events.back().leaf = trust::leaf_hash(log.back());
        events.back().raw.clear();
        events.back().key.clear();
    }
    const auto report = judged();
    CHECK(report.has_value() == (leaves == 1'000));
    if (!report) CHECK(report.error().fault == Fault::exhausted);
}

TEST_CASE_METHOD(Scribe, "an event is bound to its referral and its number") {
    auto other = request;
    SECTION("another referral inside") {
        other.referral.bytes[0] ^= 1;
        write(body(other), 0);
    }
    SECTION("another subject outside") {
        auto content = body(request);
        content.subject[0] ^= 1;
        write(content, 0);
    }
    SECTION("another number") {
        other.index = 1;
        write(body(other), 0);
    }
    SECTION("no event at all") {
        write({BodyKind::refusal, id.bytes, casework::write_message(request)}, 0);
    }
    SECTION("a key entry") {
        add(make_key_entry(EntryId{{1}}, request.at, link_key, tn_machine.sealing.public_key(),
                           ma_machine.sealing.public_key(), entropy)
                .value(),
            0);
    }
    CHECK(fault() == Fault::invalid);
}

TEST_CASE_METHOD(Scribe, "an entry that is none is refused") {
    add(Bytes(16, 1), 0);
    CHECK(fault() == Fault::malformed);
}

TEST_CASE_METHOD(Scribe, "times are taken from 1970 to the end of 9999") {
    auto message = request;
    SECTION("the last moment") {
        message.at.ms = casework::event_time_ms_max;
        write(message);
        CHECK(judged().has_value());
    }
    SECTION("behind it") {
        message.at.ms = casework::event_time_ms_max + 1;
        write(message);
        CHECK(fault() == Fault::invalid);
    }
    SECTION("before it") {
        message.at.ms = -1;
        write(message);
        CHECK(fault() == Fault::invalid);
    }
}

TEST_CASE_METHOD(Scribe, "words of another time's lists are shown, but nothing that is no word") {
    auto message = request;
    message.request->reasons = {"a-reason-of-2040"};
    SECTION("a word") {
        write(message);
        CHECK(judged()->events[0].message->request->reasons[0] == "a-reason-of-2040");
    }
    SECTION("none") {
        message.request->reasons = {"\x1b[2J"};
        write(message);
        CHECK_FALSE(judged().has_value());
    }
    SECTION("a text with control characters") {
        message.request->narrative = "\x1b[2J";
        write(message);
        CHECK_FALSE(judged().has_value());
    }
}
