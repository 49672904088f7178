#include "tests/unit/plugins/echo/echo_config.capnp.h"

#include <sanad/fake_host.hpp>

#include <catch2/catch.hpp>

#include <thread>

namespace sanad::plugin {
namespace {

const std::string child(16, 'c');

struct RunningEcho {
    FakeHost host{sanad_plugin_entry_v1};
    explicit RunningEcho(std::string_view fail_at = {}) {
        std::string storage;
        REQUIRE(host.configure<echo::Config>([&](auto config) {
            config.setFailAt(text_of(fail_at, storage));
        }) == (fail_at == "configure" ? SANAD_E_INVALID : SANAD_OK));
    }
};

TEST_CASE("a plugin answers a delivery and its own message is in the conversation") {
    RunningEcho echo;
    REQUIRE(echo.host.start() == SANAD_OK);
    const auto delivered = echo.host.deliver(child, "are you there?");
    CHECK(delivered.status == SANAD_OK);
    CHECK(delivered.outcome.result == schema::Outcome::Result::ACCEPTED);
    CHECK(delivered.outcome.reference == "seq-2");
    const auto messages = echo.host.conversation(child);
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].from == schema::Author::HELPLINE);
    CHECK(messages[1].from == schema::Author::PERSON);
    CHECK(messages[1].text == "hello are you there?");
    CHECK(messages[1].seq == 2);
    echo.host.run_posted();
    CHECK(echo.host.logged("echo.event token=2"));
}

TEST_CASE("the same key again is a duplicate with the same number") {
    RunningEcho echo;
    REQUIRE(echo.host.start() == SANAD_OK);
    CHECK(echo.host.deliver(child, "one").outcome.reference == "seq-2");
    CHECK(echo.host.deliver(child, "two").outcome.reference == "seq-2");
    CHECK(echo.host.conversation(child).size() == 3);
}

TEST_CASE("an answer that was lost leaves the message in place") {
    RunningEcho echo;
    REQUIRE(echo.host.start() == SANAD_OK);
    echo.host.lose_next(SANAD_M_SUBMIT);
    CHECK(echo.host.deliver(child, "one").outcome.result == schema::Outcome::Result::RETRY);
    CHECK(echo.host.conversation(child).size() == 2);
    echo.host.fail_next(SANAD_M_SUBMIT, SANAD_E_BUSY);
    CHECK(echo.host.deliver(child, "two").outcome.result == schema::Outcome::Result::RETRY);
    CHECK(echo.host.conversation(child).size() == 3);
    CHECK(echo.host.calls(SANAD_M_SUBMIT) == 2);
}

TEST_CASE("what a plugin throws becomes a status, and its text is not logged") {
    RunningEcho echo;
    REQUIRE(echo.host.start() == SANAD_OK);
    CHECK(echo.host.deliver(child, "throw").status == SANAD_E_INTERNAL);
    CHECK(echo.host.deliver(child, "throw an int").status == SANAD_E_INTERNAL);
    CHECK(echo.host.deliver(child, "refuse").status == SANAD_E_BUSY);
    CHECK(echo.host.logged("plugin.exception in=call"));
    CHECK(echo.host.logged("code=echo.busy"));
    CHECK_FALSE(echo.host.logged("words"));
}

TEST_CASE("a failing step of a plugin's life is told by its status") {
    CHECK(RunningEcho("configure").host.logged("code=echo.asked_to_fail"));
    CHECK(RunningEcho("start").host.start() == SANAD_E_INVALID);
    RunningEcho echo;
    REQUIRE(echo.host.start() == SANAD_OK);
    CHECK(echo.host.drain() == SANAD_E_BUSY);
    CHECK(echo.host.drain() == SANAD_OK);
    CHECK(echo.host.stop() == SANAD_OK);
}

TEST_CASE("health and extensions are asked for by the base class") {
    RunningEcho echo;
    CHECK(echo.host.health().state == schema::HealthReply::State::DEGRADED);
    CHECK(echo.host.health().queued == 3);
    CHECK(echo.host.extension("sanad.store/1") == nullptr);
}

// The node's own rules, through the calls a plugin makes.
struct OnlyHost : FakeNode {
    Host host{table()};
};

TEST_CASE("the fake node keeps the size limits of each field, on both sides") {
    OnlyHost node;
    const auto submit = [&](std::size_t conversation, std::size_t key, std::size_t text) {
        return node.host
            .submit(std::string(conversation, 'c'), std::string(key, 'k'), std::string(text, 't'),
                    "ar")
            .status();
    };
    CHECK(submit(16, 8, 1) == SANAD_OK);
    CHECK(submit(64, 32, 16'000) == SANAD_OK);
    CHECK(submit(15, 8, 1) == SANAD_E_INVALID);
    CHECK(submit(65, 8, 1) == SANAD_E_INVALID);
    CHECK(submit(16, 7, 1) == SANAD_E_INVALID);
    CHECK(submit(16, 33, 1) == SANAD_E_INVALID);
    CHECK(submit(16, 8, 0) == SANAD_E_INVALID);
    CHECK(submit(16, 9, 16'001) == SANAD_E_INVALID);
    CHECK(node.host.replay(child, 0, 0).status() == SANAD_E_INVALID);
    CHECK(node.host.replay(child, 0, 201).status() == SANAD_E_INVALID);
    CHECK(node.host.replay(child, 0, 200).status() == SANAD_OK);
}

TEST_CASE("a replay gives what came after, as much as fits, and says when there is more") {
    OnlyHost node;
    for (int i = 0; i < 20; ++i)
        REQUIRE(
            node.host.submit(child, "message-" + std::to_string(i), std::string(16'000, 'x'), ""));
    const auto some = node.host.replay(child, 17, 2);
    REQUIRE(some);
    REQUIRE(some->getMessages().size() == 2);
    CHECK(some->getMessages()[0].getSeq() == 18);
    CHECK(view_of(some->getMessages()[0].getKey()) == "message-17");
    CHECK(some->getMore());
    const auto large = node.host.replay(child, 0, 200);
    REQUIRE(large);
    CHECK(large->getMessages().size() == 8);
    CHECK(large->getMore());
    CHECK_FALSE(node.host.replay(child, 18, 2)->getMore());
    CHECK(node.host.replay(child, 0, 1)->getState() == schema::ConversationState::WAITING);
}

TEST_CASE("who writes after the end waits again, and what was sent twice is known") {
    OnlyHost node;
    REQUIRE(node.host.submit(child, "message-1", "hello", ""));
    node.set_state(child, schema::ConversationState::ENDED);
    CHECK(node.host.submit(child, "message-1", "hello", "")->getDuplicate());
    CHECK(node.host.replay(child, 0, 1)->getState() == schema::ConversationState::ENDED);
    CHECK(node.host.submit(child, "message-2", "hello", "").status() == SANAD_OK);
    CHECK(node.host.replay(child, 0, 1)->getState() == schema::ConversationState::WAITING);
    CHECK(node.host.leave(child, schema::Leave::How::QUICK_EXIT) == SANAD_OK);
    CHECK(node.left(child) == std::vector{schema::Leave::How::QUICK_EXIT});
    CHECK(node.host.receipt(child, 1) == SANAD_OK);
    CHECK(node.shown(child) == 1);

    node.set_place(child, 2, 90);
    node.set_read(child, 1);
    const auto waits = node.host.replay(child, 1, 1);
    CHECK(waits->getPosition() == 2);
    CHECK(waits->getWaitSeconds() == 90);
    CHECK(waits->getRead() == 1);
    node.set_state(child, schema::ConversationState::ENDED);
    CHECK(node.host.replay(child, 1, 1)->getPosition() == 0);
    CHECK(node.host.feedback(child, {{"felt_safe", 6}}) == SANAD_E_INVALID);
    CHECK(node.host.feedback(child, {}) == SANAD_E_INVALID);
    CHECK(node.host.feedback(child, {{"felt_safe", 5}}) == SANAD_OK);
    CHECK(node.host.feedback(child, {{"felt_safe", 1}}) == SANAD_OK);  // again: no change
    CHECK(node.feedback(child) == FakeNode::Answers{{"felt_safe", 5}});
    CHECK(node.host.feedback("a conversation of nobody", {{"felt_safe", 5}}) == SANAD_E_NOT_FOUND);
}

TEST_CASE("a partner's news moves the matter once") {
    OnlyHost node;
    const std::string reference(16, 'r');
    node.set_matter(reference, {R"({"need":"a safe place"})", "sent", 1, 5, false, {}});
    CHECK(node.host.view(reference)->getUrgency() == 1);
    const auto tell = [&] {
        return node.host.status(reference, "news-0001", schema::PartnerStatus::ACKNOWLEDGED, "",
                                "callback");
    };
    CHECK_FALSE(tell()->getDuplicate());
    CHECK(tell()->getDuplicate());
    CHECK(node.matter(reference).news.size() == 1);
    CHECK(node.host.view(reference)->getState() == "acknowledged");
    CHECK(node.host.view(std::string(16, 'x')).status() == SANAD_E_NOT_FOUND);
    CHECK(node.host.view("short").status() == SANAD_E_INVALID);
}

TEST_CASE("waiting sees what another thread's call changes") {
    OnlyHost node;
    std::thread writer([&] { (void)node.host.submit(child, "message-1", "hello", "").status(); });
    CHECK(node.wait_for([&] { return node.conversation(child).size() == 1; }));
    writer.join();
    CHECK_FALSE(node.wait_for([] { return false; }, std::chrono::milliseconds(1)));
}

TEST_CASE("a large message crosses in one segment") {
    capnp::MallocMessageBuilder message;
    auto request = message.initRoot<schema::Submit>();
    request.setConversation(data_of(child));
    request.setText(std::string(16'000, 't'));
    request.setKey(data_of("message-1"));
    REQUIRE(message.getSegmentsForOutput().size() > 1);
    const auto flat = flatten(message);
    CHECK(flat.asBytes()[0] == 0);  // the number of segments, less one
    const Received<schema::Submit> received(sanad_span{flat.begin(), flat.asBytes().size()});
    CHECK(received->getText().size() == 16'000);
    CHECK(view_of(received->getKey()) == "message-1");
}

TEST_CASE("damaged messages are refused and never end the process") {
    capnp::MallocMessageBuilder message;
    auto request = message.initRoot<schema::Submit>();
    request.setConversation(data_of(child));
    request.setText("hello");
    const auto flat = capnp::messageToFlatArray(message);
    const auto bytes = flat.asBytes();
    int refused = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
            auto damaged = kj::heapArray<capnp::word>(flat.begin(), flat.size());
            damaged.asBytes()[at] = static_cast<kj::byte>(damaged.asBytes()[at] ^ flip);
            try {
                const Received<schema::Submit> received(sanad_span{damaged.begin(), bytes.size()});
                (void)received->getText().size();
                (void)received->getConversation().size();
            } catch (const Error& error) {
                CHECK(error.status() == SANAD_E_INVALID);
                ++refused;
            } catch (const kj::Exception&) {
                ++refused;
            }
        }
    }
    CHECK(refused > 20);
    CHECK_THROWS_AS(Received<schema::Submit>(sanad_span{bytes.begin(), 0}), Error);
    CHECK_THROWS_AS(Received<schema::Submit>(sanad_span{bytes.begin(), bytes.size() - 1}), Error);
    CHECK_THROWS_AS(Received<schema::Submit>(sanad_span{bytes.begin() + 4, bytes.size() - 8}),
                    Error);
    CHECK_THROWS_AS(Received<schema::Submit>(sanad_span{bytes.begin(), message_bytes_max + 8}),
                    Error);
}

}  // namespace
}  // namespace sanad::plugin
