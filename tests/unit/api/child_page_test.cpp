#include "core/api/feedback.h"
#include "core/api/waiting_line.h"
#include "core/base/time_text.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

namespace sanad::support {
namespace {

using api::Contacts;
using api::Feedback;
using api::WaitingLine;
using std::chrono::minutes;
using std::chrono::seconds;

// One helpline, and children who write to it.
struct Line {
    template <typename Work>
    void run(Work work) {
        REQUIRE(here().node.run(
            [&](store::Draft& draft) -> Result<void> { return work(draft, world.clock.now()); }));
    }
    ContactId writes(const std::string& child, const std::string& key = "first") {
        ContactId id;
        run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto made = here().contacts->submit(
                draft, {"chat", "webchat"},
                chat_message(conversation(child), key + "-as-a-key", "سلام", "ar"), now);
            if (!made) return std::unexpected(made.error());
            id = made->contact;
            return {};
        });
        return id;
    }
    void opens(const ContactId& id) {
        run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto opened = here().contacts->open(draft, id, "amina", now);
            if (!opened) return std::unexpected(opened.error());
            return {};
        });
    }
    void replies(const ContactId& id) {
        run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto said = here().contacts->reply(draft, id, "amina", "مرحبا", now);
            if (!said) return std::unexpected(said.error());
            return {};
        });
    }
    void announces(const ContactId& id) {
        run([&](store::Draft& draft, Time now) -> Result<void> {
            const auto said = here().contacts->announce(draft, id, "node", "نحن هنا", now);
            if (!said) return std::unexpected(said.error());
            return {};
        });
    }
    Contacts::Replay replay(const std::string& child) {
        const auto from = here().node.store->snapshot();
        const auto replay =
            here().contacts->replay(**from, "chat", bytes_of(conversation(child)), 0, 100);
        REQUIRE(replay);
        return *replay;
    }
    WaitingLine::Place place(WaitingLine& line, const ContactId& id) {
        const auto from = here().node.store->snapshot();
        const auto place = line.place(**from, id, world.clock.now());
        REQUIRE(place);
        return *place;
    }
    static std::string conversation(const std::string& child) {
        return "a conversation of the child " + child;
    }
    Helpline& here() { return world.ma(); }

    Helplines world;
};

TEST_CASE("who waits is told how many come before, as the desk has them") {
    Line line;
    WaitingLine waiting(*line.here().contacts, *line.here().board);
    const auto first = line.writes("one");
    line.world.clock.advance(minutes(1));
    const auto second = line.writes("two");
    CHECK(line.place(waiting, first) == WaitingLine::Place{1, Duration{0}});
    CHECK(line.place(waiting, second) == WaitingLine::Place{2, Duration{0}});
    line.opens(first);
    CHECK(line.place(waiting, second).position == 2);  // a few seconds old
    line.world.clock.advance(WaitingLine::fresh_for);
    CHECK(line.place(waiting, second).position == 1);
    CHECK(line.place(waiting, first).position == 0);  // waits no more
}

TEST_CASE("how long others waited is the median of three and more, and of the last two hours") {
    Line line;
    WaitingLine waiting(*line.here().contacts, *line.here().board);
    const auto waits = [&](int number, Duration span) {
        const auto child = line.writes("child " + std::to_string(number));
        line.world.clock.advance(span);
        line.opens(child);
    };
    const auto told = [&] {
        line.world.clock.advance(WaitingLine::fresh_for);
        return line.place(waiting, line.writes("who asks")).wait;
    };
    waits(1, minutes(2));
    waits(2, minutes(30));
    CHECK(told() == Duration{0});  // two say nothing
    waits(3, minutes(6));
    CHECK(told() == minutes(6));
    line.world.clock.advance(WaitingLine::picked_within);
    CHECK(told() == Duration{0});  // that was long ago
}

TEST_CASE("a message of the node's own is no counsellor who has picked up or read") {
    Line line;
    WaitingLine waiting(*line.here().contacts, *line.here().board);
    for (int i = 0; i < 3; ++i) {
        line.announces(line.writes("told " + std::to_string(i)));
        line.world.clock.advance(seconds(1));
    }
    const auto child = line.writes("who asks");
    CHECK(line.place(waiting, child).position == 4);
    CHECK(line.place(waiting, child).wait == Duration{0});
    CHECK(line.replay("told 0").read == 0);
}

TEST_CASE("what a person wrote counts as read once a counsellor has opened it or answered") {
    Line line;
    const auto id = line.writes("one");
    CHECK(line.replay("one").read == 0);
    line.world.clock.advance(seconds(1));
    line.opens(id);
    const auto opened = line.replay("one").read;
    CHECK(opened > 1);
    line.world.clock.advance(seconds(1));
    line.writes("one", "again");
    CHECK(line.replay("one").read == opened);  // nobody has answered to it yet
    line.world.clock.advance(seconds(1));
    line.replies(id);
    CHECK(line.replay("one").read > opened + 1);
}

TEST_CASE("what a child thinks of it is counted once, by day, without the conversation") {
    Line line;
    auto& node = line.here().node;
    auto feedback = Feedback::open(*node.store, {node.records, *node.feed, *line.here().contacts,
                                                 line.world.taxonomies, line.world.entropy});
    REQUIRE(feedback);
    line.writes("one");
    line.writes("two");
    const auto give = [&](const std::string& child, const Feedback::Answers& answers) {
        Fault fault{};
        const auto ran = node.run([&](store::Draft& draft) -> Result<void> {
            const auto given = (*feedback)->give(draft, "chat", bytes_of(Line::conversation(child)),
                                                 answers, line.world.clock.now());
            if (!given) fault = given.error().fault;
            return given;
        });
        return ran ? std::string("given") : std::string(name(fault));
    };
    CHECK(give("one", {{"felt_heard", 5}, {"felt_safe", 4}}) == "given");
    CHECK(give("one", {{"felt_heard", 1}}) == "given");  // again: no change
    CHECK(give("two", {{"felt_heard", 5}}) == "given");
    CHECK(give("nobody", {{"felt_heard", 5}}) == "not_found");
    CHECK(give("two", {}) == "invalid");
    CHECK(give("two", {{"felt_heard", 0}}) == "invalid");
    CHECK(give("two", {{"felt_heard", 6}}) == "invalid");
    CHECK(give("two", {{"felt_heard", 2}, {"felt_heard", 2}}) == "invalid");
    CHECK(give("two", {{"the_weather", 2}}) == "unsupported");

    const auto count = [&](std::uint32_t first, std::uint32_t last) {
        const auto from = node.store->snapshot();
        const auto counts = (*feedback)->count(**from, first, last);
        REQUIRE(counts);
        return *counts;
    };
    const auto today = sanad::day_of(line.world.clock.now());
    const Feedback::Counts both = {{"felt_heard", {0, 0, 0, 0, 2}}, {"felt_safe", {0, 0, 0, 1, 0}}};
    CHECK(count(today, today) == both);
    CHECK(count(today + 1, today + 1).empty());
    CHECK(count(0, today - 1).empty());

    // The feed says that there is one, and of nobody.
    const auto from = node.store->snapshot();
    const auto events = node.feed->read(**from, 0, 1000);
    REQUIRE(events);
    int told = 0;
    for (const auto& event : *events)
        if (event.name == "feedback.given") {
            ++told;
            CHECK(event.subject == std::array<std::uint8_t, 16>{});
        }
    CHECK(told == 2);
}

}  // namespace
}  // namespace sanad::support
