#include "plugins/channels/phone/calls/calls.h"

#include "plugins/shared/return_code/return_code.h"
#include "tests/unit/phone/fake_lines.h"

#include <sanad/fake_node.hpp>

#include <catch2/catch.hpp>

// Calls as the node and the telephones see them, through a small flow: a greeting, the queue, a
// talk, a message, a call-back.
namespace sanad::phone {
namespace {

namespace schema = plugin::schema;
using Conversation = schema::ConversationState;
using How = schema::Leave::How;
using Act = schema::Control::Act;

Flow small_flow() {
    Flow flow;
    flow.start = "greeting";
    flow.languages = {{"ar", '1'}, {"fr", '2'}};
    flow.danger = "queue";
    flow.silent = "queue";
    flow.sounds = {"calm", "beep", "press", "notice"};
    flow.emergency = {{"19", ""}};
    const auto add = [&flow](const char* name, Kind kind) -> State& {
        State state;
        state.name = name;
        state.kind = kind;
        state.say = {name};
        flow.states.push_back(std::move(state));
        return flow.states.back();
    };
    add("greeting", Kind::say).next = "queue";
    State& queue = add("queue", Kind::queue);
    queue.answered = "talk";
    queue.closed = queue.full = queue.failed = "notice";
    queue.options = {{'2', "notice", "", {}}, {'3', "when", "", {}}, {'4', "type", "", {}}};
    queue.news = {"{position}"};
    State& talk = add("talk", Kind::talk);
    talk.next = "bye";
    talk.failed = "queue";
    add("notice", Kind::say).next = "message";
    State& message = add("message", Kind::record);
    message.next = message.failed = message.empty = "bye";
    State& when = add("when", Kind::say);
    when.effects.call_time = CallTime::morning;
    when.effects.may_answer = MayAnswer::only_me;
    when.effects.own_number = true;
    when.next = "callback";
    State& callback = add("callback", Kind::callback);
    callback.say.clear();
    callback.next = callback.failed = callback.number_missing = "bye";
    State& type = add("type", Kind::digits);
    type.typed = Typed::return_code;
    type.digits_min = type.digits_max = 16;
    type.next = "find";
    type.otherwise = "queue";
    State& find = add("find", Kind::code);
    find.say.clear();
    find.next = "queue";
    find.otherwise = "type";
    find.failed = "bye";
    add("bye", Kind::end);
    return flow;
}

struct World {
    explicit World(CallSettings settings = {}) : calls_settings(std::move(settings)) {
        calls_settings.caller_key = std::string(caller_key_bytes, 'k');
        node.phones.add_device("d-amina", std::string(16, 'a'));
        node.phones.add_device("d-karim", std::string(16, 'b'));
    }

    /// Somebody calls, and hears the greeting to its end.
    LegId call(std::optional<std::string> number = "+212600000001") {
        const LegId leg = lines.next();
        calls.incoming({leg, "helpline", std::move(number)});
        return leg;
    }
    LegId wait_in_queue(std::optional<std::string> number = "+212600000001") {
        const std::size_t before = node.conversations().size();
        const LegId leg = call(std::move(number));
        hear(leg);
        REQUIRE(lines.until([&] { return node.conversations().size() > before; }));
        conversation = newest();
        return leg;
    }
    void hear(LegId leg) { calls.played(leg, lines.legs[leg].playing); }
    /// Time passes until somebody is rung.
    LegId rung(const std::string& device) {
        REQUIRE(passes([&] { return lines.rings(device) != LegId::none; }));
        return lines.rings(device);
    }
    template <typename Truth>
    bool passes(Truth truth) {
        for (int i = 0; i < 100; ++i) {
            lines.pass(std::chrono::seconds(1));
            calls_settle();
            if (truth()) return true;
        }
        return false;
    }
    /// What was asked of the node is answered, and the answer is heard.
    void calls_settle() {
        bool done = false;
        lanes.add(conversation, [&] { lines.post([&] { done = true; }); });
        REQUIRE(lines.until([&] { return done; }));
    }
    LegId talk(LegId person, const std::string& device = "d-amina") {
        const LegId leg = rung(device);
        calls.answered(leg);
        REQUIRE(lines.until([&] { return lines.legs[person].joined == leg; }));
        return leg;
    }
    std::string newest() const {
        for (const auto& id : node.conversations())
            if (!known.contains(id)) {
                known.insert(id);
                return id;
            }
        return conversation;
    }
    void speak(LegId leg, int frames) {
        const std::array<std::uint8_t, 160> frame{};
        for (int i = 0; i < frames; ++i) calls.heard(leg, Frame(frame));
    }

    CallSettings calls_settings;
    plugin::FakeNode node;
    plugin::Host host{node.table()};
    FakeLines lines;
    lanes::Lanes lanes;
    const Flow flow = small_flow();
    std::vector<Spoken> said;
    mutable std::set<std::string> known;
    std::string conversation = "no conversation yet";
    Calls calls{host,
                lines,
                lanes,
                flow,
                [this](const std::vector<Spoken>& items) {
                    said.insert(said.end(), items.begin(), items.end());
                    return std::vector<std::shared_ptr<const Prompt>>();
                },
                calls_settings};
};

TEST_CASE("a caller waits, a counsellor's telephone rings, and they talk") {
    World world;
    world.lines.registered = {"d-amina"};
    const LegId person = world.wait_in_queue();
    CHECK(world.lines.legs[person].answered);
    CHECK(world.node.phones.arrivals(world.conversation).size() == 1);
    const LegId device = world.talk(person);
    CHECK(world.lines.legs[device].joined == person);
    const auto rings = world.node.phones.rings(world.conversation);
    REQUIRE(rings.size() == 1);
    CHECK(rings[0].result == schema::Rang::Result::ANSWERED);
    world.calls.ended(person, LegEnd::hung_up);
    world.calls_settle();
    CHECK(world.lines.legs[device].over);
    CHECK(world.calls.count() == 0);
    CHECK(world.node.left(world.conversation) == std::vector{How::CALL_ENDED});
}

TEST_CASE("nobody hears of a number: the node has it only to call back") {
    World world;
    const LegId person = world.wait_in_queue();
    CHECK(world.node.return_address(world.conversation).empty());
    world.calls.digit(person, '3');
    world.hear(person);
    REQUIRE(
        world.lines.until([&] { return !world.node.return_address(world.conversation).empty(); }));
    CHECK(world.node.return_address(world.conversation) == "+212600000001");
    const auto wanted = world.node.phones.arrivals(world.conversation).back();
    CHECK(std::ranges::find(wanted.marks, "callback_morning") != wanted.marks.end());
    CHECK(std::ranges::find(wanted.marks, "callback_only_caller") != wanted.marks.end());
    world.calls_settle();
    world.calls.ended(person, LegEnd::hung_up);
    world.calls_settle();
    CHECK(world.node.left(world.conversation).empty());  // still waits
    CHECK_FALSE(world.node.logged("212600000001"));
}

TEST_CASE("who hangs up in the greeting is one contact, which ended") {
    World world;
    const LegId person = world.call();
    world.calls.ended(person, LegEnd::hung_up);
    REQUIRE(world.lines.until([&] { return world.node.conversations().size() == 1; }) |
            world.node.wait_for([&] { return world.node.conversations().size() == 1; }));
    world.conversation = world.newest();
    world.calls_settle();
    CHECK(world.node.left(world.conversation) == std::vector{How::ABANDONED});
    CHECK(world.node.phones.arrivals(world.conversation).size() == 1);
}

TEST_CASE("who does not answer is missed, and the next one is rung") {
    World world;
    world.lines.registered = {"d-amina", "d-karim"};
    const LegId person = world.wait_in_queue();
    const LegId first = world.rung("d-amina");
    world.node.phones.set_free("d-amina", false);
    world.lines.legs[first].over = true;
    world.calls.ended(first, LegEnd::no_answer);
    const LegId second = world.talk(person, "d-karim");
    CHECK(second != first);
    const auto rings = world.node.phones.rings(world.conversation);
    REQUIRE(rings.size() == 2);
    CHECK(rings[0].result == schema::Rang::Result::MISSED);
    CHECK(rings[1].device == "d-karim");
}

TEST_CASE("a caller who hangs up while a telephone rings stops it") {
    World world;
    world.lines.registered = {"d-amina"};
    const LegId person = world.wait_in_queue();
    const LegId device = world.rung("d-amina");
    world.calls.ended(person, LegEnd::hung_up);
    world.calls_settle();
    CHECK(world.lines.legs[device].over);
    CHECK(world.node.left(world.conversation) == std::vector{How::ABANDONED});
    world.calls.answered(device);  // it crossed
    world.calls_settle();
    CHECK(world.node.phones.rings(world.conversation).empty());
}

TEST_CASE("a counsellor whose contact somebody else has by now is let go") {
    World world;
    world.lines.registered = {"d-amina"};
    const LegId person = world.wait_in_queue();
    world.node.fail_next(SANAD_M_RANG, SANAD_E_CONFLICT);
    const LegId device = world.rung("d-amina");
    world.node.phones.set_free("d-amina", false);
    world.calls.answered(device);
    REQUIRE(world.lines.until([&] { return world.lines.legs[device].over; }));
    CHECK(world.lines.legs[person].joined == LegId::none);
    CHECK_FALSE(world.lines.legs[person].over);
}

TEST_CASE("a voice message is on the node's disk second by second, and told when it is whole") {
    World world;
    const LegId person = world.wait_in_queue();
    world.calls.digit(person, '2');
    world.hear(person);  // the notice
    REQUIRE(world.passes([&] {
        world.hear(person);  // what is said before, and the beep
        world.speak(person, 1);
        return true;
    }));
    world.speak(person, 120);
    world.calls.ended(person, LegEnd::hung_up);
    REQUIRE(world.node.wait_for(
        [&] { return !world.node.phones.notices(world.conversation).empty(); }));
    const auto files = world.node.phones.files(world.conversation);
    REQUIRE(files.size() == 1);
    CHECK(files.begin()->second.media_type == "audio/PCMA");
    CHECK(files.begin()->second.whole);
    CHECK(files.begin()->second.parts == 3);
    CHECK(world.node.phones.notices(world.conversation)[0].mark == "voice_message");
    world.calls_settle();
    CHECK(world.node.left(world.conversation).empty());
}

TEST_CASE("a voice message that cannot be kept is told as cut, and the caller is told too") {
    World world;
    const LegId person = world.wait_in_queue();
    world.calls.digit(person, '2');
    world.hear(person);
    world.hear(person);
    world.calls_settle();
    world.hear(person);
    world.node.fail_next(SANAD_M_ATTACH, SANAD_E_FULL);
    world.speak(person, 60);
    REQUIRE(world.node.wait_for(
        [&] { return !world.node.phones.notices(world.conversation).empty(); }));
    CHECK(world.node.phones.notices(world.conversation)[0].mark == "voice_message_cut");
}

TEST_CASE("a call that broke off in a talk comes back to the same contact") {
    World world;
    world.lines.registered = {"d-amina"};
    const LegId person = world.wait_in_queue();
    world.talk(person);
    world.calls.ended(person, LegEnd::lost);
    world.calls_settle();
    const std::string before = world.conversation;
    const LegId again = world.call("00212600000001");
    world.hear(again);
    REQUIRE(world.passes([&] { return world.node.phones.arrivals(before).size() == 2; }));
    CHECK(world.node.conversations().size() == 1);
    const auto other = world.call("+212600000002");
    world.hear(other);
    REQUIRE(world.node.wait_for([&] { return world.node.conversations().size() == 2; }));
}

TEST_CASE("a number that is not the helpline's is not answered, nor is anybody while it stops") {
    CallSettings settings;
    settings.numbers = {"helpline"};
    settings.lines_max = 1;
    World world(settings);
    const LegId leg = world.lines.next();
    world.calls.incoming({leg, "00441234", "+212600000001"});
    CHECK(world.lines.refused == std::vector{Refusal::unknown_number});
    world.call();
    world.call();
    CHECK(world.lines.refused.back() == Refusal::busy);
    world.calls.drain();
    world.call();
    CHECK(world.lines.refused.back() == Refusal::unavailable);
}

TEST_CASE("a counsellor takes a caller from the queue, and calls somebody back who asked for it") {
    World world;
    const LegId person = world.wait_in_queue();
    CHECK(world.calls.connect(world.conversation, "d-amina", "").reason == "device_not_registered");
    world.lines.registered = {"d-amina"};
    REQUIRE(world.calls.connect(world.conversation, "d-amina", "").result ==
            schema::Outcome::Result::ACCEPTED);
    CHECK(world.calls.connect(world.conversation, "d-amina", "").reason == "device_busy");
    world.calls.answered(world.lines.rings("d-amina"));
    REQUIRE(world.lines.until([&] { return world.lines.legs[person].joined != LegId::none; }));
    world.calls.ended(person, LegEnd::hung_up);

    REQUIRE(world.calls.connect(world.conversation, "d-amina", "+212600000001").result ==
            schema::Outcome::Result::ACCEPTED);
    const LegId device = world.lines.rings("d-amina");
    world.calls.answered(device);
    const auto out = std::ranges::find_if(
        world.lines.legs, [](const auto& leg) { return !leg.second.number.empty(); });
    REQUIRE(out != world.lines.legs.end());
    CHECK(out->second.number == "+212600000001");
    CHECK(out->second.joined == LegId::none);
    world.calls.answered(out->first);
    CHECK(world.lines.legs[out->first].joined == device);
    CHECK(world.calls.connect("a conversation without a number", "d-karim", "").reason ==
          "no_number");
}

TEST_CASE("a call back that nobody answers is told, and the contact still waits") {
    World world;
    world.lines.registered = {"d-amina"};
    const LegId person = world.wait_in_queue();
    world.calls.digit(person, '3');
    world.hear(person);
    REQUIRE(
        world.lines.until([&] { return !world.node.return_address(world.conversation).empty(); }));
    world.calls_settle();
    world.calls.ended(person, LegEnd::hung_up);
    REQUIRE(world.calls.connect(world.conversation, "d-amina", "+212600000001").result ==
            schema::Outcome::Result::ACCEPTED);
    const LegId device = world.lines.rings("d-amina");
    SECTION("nobody is there") {
        world.calls.answered(device);
        world.calls.ended(static_cast<LegId>(static_cast<std::uint32_t>(device) + 1),
                          LegEnd::no_answer);
    }
    SECTION("the rules forbid it") {
        world.lines.may_call_out = false;
        world.calls.answered(device);
    }
    CHECK(world.lines.legs[device].over);
    world.calls_settle();
    REQUIRE(world.node.phones.notices(world.conversation).size() == 1);
    CHECK(world.node.phones.notices(world.conversation)[0].mark == "callback_failed");
    CHECK(world.node.left(world.conversation).empty());
    CHECK(world.calls.count() == 0);
}

TEST_CASE("a supervisor listens, then whispers; a transfer hands the caller on") {
    World world;
    world.lines.registered = {"d-amina", "d-karim", "d-salma"};
    const LegId person = world.wait_in_queue();
    const LegId counsellor = world.talk(person);
    REQUIRE(world.calls.control(world.conversation, Act::LISTEN, "d-salma").result ==
            schema::Outcome::Result::ACCEPTED);
    const LegId supervisor = world.lines.rings("d-salma");
    CHECK_FALSE(world.lines.legs[supervisor].part.has_value());
    world.calls.answered(supervisor);
    CHECK(world.lines.legs[supervisor].part == Part::listens);
    (void)world.calls.control(world.conversation, Act::WHISPER, "d-salma");
    CHECK(world.lines.legs[supervisor].part == Part::whispers);
    (void)world.calls.control(world.conversation, Act::LEAVE, "d-salma");
    CHECK(world.lines.legs[supervisor].over);

    REQUIRE(world.calls.control(world.conversation, Act::TRANSFER, "d-karim").result ==
            schema::Outcome::Result::ACCEPTED);
    const LegId next = world.lines.rings("d-karim");
    CHECK(world.lines.legs[person].joined == counsellor);  // until somebody is there
    world.calls.answered(next);
    CHECK(world.lines.legs[person].joined == next);
    CHECK(world.lines.legs[counsellor].over);
    world.calls_settle();
    const auto rings = world.node.phones.rings(world.conversation);
    CHECK(rings.back().device == "d-karim");  // the node hands the contact on
    CHECK(rings.back().result == schema::Rang::Result::ANSWERED);

    (void)world.calls.control(world.conversation, Act::HOLD, "d-karim");
    CHECK(world.lines.legs[person].loop);
    CHECK(world.lines.legs[next].joined == LegId::none);
    (void)world.calls.control(world.conversation, Act::RESUME, "d-karim");
    CHECK(world.lines.legs[person].joined == next);
    (void)world.calls.control(world.conversation, Act::HANG_UP, "d-karim");
    CHECK(world.lines.legs[person].over);
    CHECK(world.lines.legs[next].over);
    CHECK(world.calls.control(world.conversation, Act::HOLD, "d-karim").reason == "no_call");
}

TEST_CASE("what a process leaves behind as it dies, the next one closes, and only that") {
    World world;
    world.node.values.allow_bytes(65536);
    world.lines.registered = {"d-amina"};
    const LegId talking = world.wait_in_queue();
    world.talk(talking);
    const std::string talks = world.conversation;
    world.node.phones.set_free("d-amina", false);
    world.wait_in_queue("+212600000002");
    const std::string waits = world.conversation;
    const LegId person = world.wait_in_queue("+212600000003");
    world.calls.digit(person, '3');
    world.hear(person);
    REQUIRE(
        world.lines.until([&] { return !world.node.return_address(world.conversation).empty(); }));
    world.calls_settle();
    const LegId gone = world.wait_in_queue("+212600000004");
    const std::string hung_up = world.conversation;
    world.calls.ended(gone, LegEnd::hung_up);
    world.calls_settle();

    plugin::Host next(world.node.table());
    CHECK(LiveCalls(240).close_former(next) == 2);
    CHECK(world.node.left(talks) == std::vector{How::CALL_ENDED});
    CHECK(world.node.left(waits) == std::vector{How::ABANDONED});
    CHECK(world.node.phones.notices(waits).back().mark == "call_dropped");
    CHECK(world.node.left(hung_up).size() == 1);  // closed by itself
    CHECK(LiveCalls(240).close_former(next) == 0);
}

TEST_CASE("a return code of a chat links the call to it") {
    World world;
    const std::string code = "1234567890123456";
    const std::string chat = return_code::conversation_of(code);
    const LegId person = world.wait_in_queue();
    const auto arrivals = [&] { return world.node.phones.arrivals(world.conversation).size(); };
    const std::size_t before = arrivals();
    world.calls.digit(person, '4');
    for (const char digit : code) world.calls.digit(person, digit);
    world.calls_settle();
    CHECK(arrivals() == before);  // there is no such chat
    CHECK(world.said.back().text == "type");
    REQUIRE(world.host.submit(chat, "a key of a message", "salam", "ar"));
    for (const char digit : code) world.calls.digit(person, digit);
    world.calls_settle();
    CHECK(arrivals() > before);
}

TEST_CASE("one number written in two ways is one caller, and the token tells no digit") {
    const std::string key(caller_key_bytes, 'k');
    CHECK(caller_token(key, "+212 600 00 00 01") == caller_token(key, "00212600000001"));
    CHECK(caller_token(key, "+212600000001") != caller_token(key, "+212600000002"));
    CHECK(caller_token(std::string(caller_key_bytes, 'l'), "+212600000001") !=
          caller_token(key, "+212600000001"));
}

TEST_CASE("who was cut off is known for a quarter of an hour, once") {
    BrokenOff broken;
    const BrokenOff::Time now{};
    broken.note("token", "conversation", "ar", now);
    CHECK_FALSE(broken.take("other", now));
    CHECK(broken.take("token", now + BrokenOff::kept)->conversation == "conversation");
    CHECK_FALSE(broken.take("token", now));
    broken.note("token", "conversation", "ar", now);
    CHECK_FALSE(broken.take("token", now + BrokenOff::kept + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace sanad::phone
