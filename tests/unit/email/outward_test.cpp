#include "plugins/channels/email/outward.h"

#include <sanad/fake_node.hpp>

#include <catch2/catch.hpp>

#include <atomic>

using namespace sanad;
using namespace sanad::email;
using namespace std::chrono_literals;
using Result = plugin::schema::Outcome::Result;

namespace {

const std::string conversation(32, 'c');

// A node, an Outward, and a server that does as it is told.
struct World {
    plugin::FakeNode node;
    plugin::Host host{node.table()};
    Settings settings;
    std::atomic<int> texts = 0;  // that left
    Sent fate{Sent::Fate::taken, {}};
    std::string to;
    std::unique_ptr<Outward> outward;

    World() {
        node.values.allow_bytes(100'000);
        settings.own = {"help", "helpline.test"};
        settings.answers_per_hour = 100;
        REQUIRE(host.submit(conversation, "the key of it", "bonjour", ""));
        restart();
    }
    void restart() {
        outward.reset();
        outward = std::make_unique<Outward>(
            host, settings,
            [this](const Letter& letter, const std::function<bool()>& before) -> Sent {
                if (fate.fate == Sent::Fate::later && fate.code == "no_connection") return fate;
                if (!before()) return {Sent::Fate::later, "node_takes_nothing"};
                to = letter.to;
                ++texts;
                return fate;
            });
    }
    plugin::Outcome deliver(std::uint64_t seq, std::string mailbox = "sara@outside.test") {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return outward->deliver({conversation,
                                 seq,
                                 std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
                                 "nous sommes là",
                                 {std::move(mailbox), "abcdefghij234567", "fr", "<a@b>"}});
    }
    std::vector<std::string> marks() const {
        std::vector<std::string> marks;
        for (const auto& notice : node.phones.notices(conversation)) marks.push_back(notice.mark);
        return marks;
    }
    std::string kept() const {
        const auto all = node.values.kept();
        const auto found = all.find("c" + conversation);
        return found == all.end() ? "" : found->second;
    }
};

}  // namespace

TEST_CASE("an answer goes once, however often it is given") {
    World world;
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    world.restart();
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.texts == 1);
    CHECK(world.to == "sara@outside.test");
    CHECK(world.deliver(5).result == Result::ACCEPTED);
    CHECK(world.texts == 2);
    world.outward->forget(conversation);
    CHECK(world.kept().empty());
}

TEST_CASE("after a crash on the way nothing is sent again, and a counsellor is told once") {
    World world;
    plugin::Values(world.host).put("c" + conversation, format_progress({true, 2}));
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.texts == 0);
    CHECK(world.marks() == std::vector<std::string>{"maybe_not_sent"});
    CHECK(world.deliver(3).result == Result::ACCEPTED);
    CHECK(world.texts == 1);
}

TEST_CASE("a connection that broke after the text is told, and the text does not go again") {
    World world;
    world.fate = {Sent::Fate::unknown, "closed"};
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    world.restart();
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.texts == 1);
    CHECK(world.marks() == std::vector<std::string>{"maybe_not_sent"});
}

TEST_CASE("what was put off by 4xx or never left goes later, without a word to anybody") {
    World world;
    world.fate = {Sent::Fate::later, "smtp_451"};
    const auto first = world.deliver(2);
    CHECK(first.result == Result::RETRY);
    CHECK(first.reason == "smtp_451");
    const auto second = world.deliver(2);
    CHECK(second.retry_after_ms > first.retry_after_ms);
    CHECK(world.outward->trouble() == "smtp_451");
    world.restart();  // between two tries
    world.fate = {Sent::Fate::later, "no_connection"};
    CHECK(world.deliver(2).result == Result::RETRY);
    world.fate = {Sent::Fate::taken, {}};
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.outward->trouble().empty());
    CHECK(world.marks().empty());
}

TEST_CASE("5xx, and somebody without an address, are told and given up") {
    World world;
    world.fate = {Sent::Fate::refused, "smtp_550"};
    CHECK(world.deliver(2).result == Result::REJECTED);
    CHECK(world.deliver(3, "").result == Result::REJECTED);
    CHECK(world.deliver(4, "a@b.test>\r\nRCPT TO:<c@d.test").result == Result::REJECTED);
    CHECK(world.texts == 1);
    CHECK(world.marks().size() == 3);
    CHECK(world.marks()[0] == "not_delivered");
}

TEST_CASE("what the node cannot note does not go out") {
    World world;
    world.node.values.fail_next_put(SANAD_E_FULL, 2);
    CHECK(world.deliver(2).result == Result::RETRY);
    CHECK(world.texts == 0);
    CHECK(world.deliver(2).result == Result::ACCEPTED);
    CHECK(world.texts == 1);
}

TEST_CASE("a progress that was damaged is none") {
    for (const Progress& one : {Progress{true, 7}, Progress{false, 1ULL << 60}})
        CHECK(parse_progress(format_progress(one)) == one);
    CHECK(parse_progress("") == Progress{});
    CHECK(parse_progress("x12345678") == Progress{});
    CHECK(parse_progress("s1234567") == Progress{});
}

TEST_CASE(
    "a sender is answered once a day, also over a restart, and all of them so often an hour") {
    World world;
    world.settings.answers_per_hour = 2;
    const auto greet = [&](char sender) {
        world.outward->greet({{"sara@outside.test", "abcdefghij234567", "fr", ""},
                              std::string(32, sender),
                              "bonjour"});
    };
    greet('a');
    CHECK(world.node.wait_for([&] { return world.node.values.measured("greeted") == 1; }));
    greet('a');
    greet('b');
    CHECK(world.node.wait_for([&] { return world.node.values.measured("greeted") == 2; }));
    greet('d');
    world.restart();
    greet('a');
    greet('e');
    CHECK(world.node.wait_for([&] { return world.node.values.measured("greeted") == 3; }));
    CHECK(world.texts == 3);
}
