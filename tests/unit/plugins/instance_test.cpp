#include "core/plugins/instance.h"

#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/host_table.h"
#include "core/plugins/isolated_instance.h"
#include "tests/unit/plugins/recording_log.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <catch2/catch.hpp>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace sanad::plugins {
namespace {

namespace schema = plugin::schema;
constexpr Duration ample{10'000};

enum class Placement { in_process, isolated };
// A sanitizer's runtime needs more of the system than a sandbox leaves to a plugin.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
const auto everywhere = [] { return Placement::in_process; };
#else
const auto everywhere = [] { return GENERATE(Placement::in_process, Placement::isolated); };
#endif

// A node that takes every submission.
class Node final : public HostServices {
public:
    sanad_status call(std::string_view instance, std::uint32_t method, ByteView request,
                      Reply& reply) override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !held_; });
        instance_ = instance;
        if (method != SANAD_M_SUBMIT) return SANAD_E_UNSUPPORTED;
        const auto text = read_message<schema::Submit>(request, [](schema::Submit::Reader submit) {
            return Result<std::string>(from_text(submit.getText()));
        });
        if (!text) return SANAD_E_INVALID;
        texts_.push_back(*text);
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::SubmitReply>().setSeq(texts_.size());
        return reply.send(flatten(built));
    }
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    std::vector<std::string> texts() const {
        const std::lock_guard lock(mutex_);
        return texts_;
    }
    std::string instance() const {
        const std::lock_guard lock(mutex_);
        return instance_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    std::string instance_;
    std::vector<std::string> texts_;
};

struct Echo {
    Node node;
    RecordingLog log;
    SystemClock clock;
    PluginFile file = *read_plugin(std::filesystem::path(ECHO_PLUGIN));
    std::shared_ptr<Library> library;  // in process only
    std::vector<std::string> hung;     // what it was asked when it did not answer
    std::unique_ptr<Instance> instance;

    explicit Echo(Placement placement = Placement::in_process) {
        if (placement == Placement::isolated) {
            instance = *run_isolated(ECHO_PLUGIN, "echo-1", node, log, clock, {PLUGIN_HOST});
        } else {
            library = *Library::load(ECHO_PLUGIN);
            instance = *run_in_process(library, "echo-1", node, log, clock, {}, nullptr,
                                       [this](const std::string& what) { hung.push_back(what); });
        }
    }

    Result<void> configure(std::string_view json = R"({"greeting": "salam"})") {
        return instance->configure(*(*Configuration::load(file.config_schema))->from_json(json));
    }
    void run() {
        REQUIRE(configure().has_value());
        REQUIRE(instance->start().has_value());
    }
    Result<Bytes> deliver(const std::string& text, Duration limit = ample) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Deliver>();
        const std::string conversation(16, 'c');
        request.setConversation(to_data(bytes_of(conversation)));
        request.initMessage().setText(to_text(text));
        return instance->call(SANAD_M_DELIVER, flatten(built), limit);
    }
};

TEST_CASE("an instance goes through its life in order") {
    Echo echo(everywhere());
    CHECK(echo.instance->state() == InstanceState::loaded);
    CHECK(echo.instance->start().error().fault == Fault::denied);
    CHECK(echo.deliver("early").error().fault == Fault::denied);
    REQUIRE(echo.configure().has_value());
    CHECK(echo.instance->state() == InstanceState::configured);
    REQUIRE(echo.instance->start().has_value());
    CHECK(echo.instance->state() == InstanceState::running);
    CHECK(echo.instance->start().error().fault == Fault::denied);
    CHECK(echo.configure(R"({"greeting": "marhaba"})").has_value());
    REQUIRE(echo.instance->drain().has_value());
    CHECK(echo.instance->state() == InstanceState::draining);
    CHECK(echo.deliver("in time").has_value());
    REQUIRE(echo.instance->stop().has_value());
    CHECK(echo.instance->state() == InstanceState::stopped);
    CHECK(echo.deliver("late").error().fault == Fault::denied);
    CHECK(echo.instance->stop().error().fault == Fault::denied);
    CHECK(echo.node.texts() == std::vector<std::string>{"marhaba in time"});
    CHECK(echo.log.holds("plugin.state plugin=echo-1 state=stopped"));
}

TEST_CASE("a call reaches the plugin, and the plugin's call reaches the node") {
    Echo echo(everywhere());
    echo.run();
    const auto answer = echo.deliver("are you there?");
    REQUIRE(answer.has_value());
    const auto reference =
        read_message<schema::Outcome>(*answer, [](schema::Outcome::Reader outcome) {
            return Result<std::string>(from_text(outcome.getReference()));
        });
    CHECK(*reference == "seq-1");
    CHECK(echo.node.texts() == std::vector<std::string>{"salam are you there?"});
    CHECK(echo.node.instance() == "echo-1");
    REQUIRE(echo.instance->call(SANAD_M_HEALTH, {}, ample).has_value());  // after the posted event
    CHECK(echo.log.holds("line=echo.event token=1"));
}

TEST_CASE("what the plugin throws is an error of the call, and its words stay out of the log") {
    Echo echo(everywhere());
    echo.run();
    CHECK(echo.deliver("throw").error().fault == Fault::io);
    CHECK(echo.deliver("throw an int").error().fault == Fault::io);
    CHECK(echo.deliver("refuse").error().fault == Fault::busy);
    CHECK_FALSE(echo.log.holds("words"));
    CHECK(echo.deliver("and on").has_value());
}

TEST_CASE("a step that fails names the plugin's own code") {
    Echo echo(everywhere());
    const auto refused = echo.configure(R"({"failAt": "configure"})");
    CHECK(refused.error().fault == Fault::invalid);
    CHECK(refused.error().detail == "echo-1 configure: invalid (echo.asked_to_fail)");
    REQUIRE(echo.configure(R"({"failAt": "start"})").has_value());
    CHECK(echo.instance->start().error().detail == "echo-1 start: invalid (echo.asked_to_fail)");
    CHECK(echo.instance->state() == InstanceState::configured);
    REQUIRE(echo.configure().has_value());
    CHECK(echo.instance->start().has_value());
}

TEST_CASE("a call over its deadline leaves the instance hung until it comes back") {
    Echo echo;
    echo.run();
    echo.node.hold();
    while (echo.instance->state() != InstanceState::hung)  // again when it had not begun
        CHECK(echo.deliver("wait", Duration(5)).error().fault == Fault::expired);
    CHECK(echo.deliver("meanwhile").error().fault == Fault::busy);
    CHECK(echo.log.holds("error plugin.hung plugin=echo-1 step=call"));
    CHECK(echo.hung == std::vector<std::string>{"call"});  // told once
    echo.node.release();
    while (echo.instance->state() == InstanceState::hung) std::this_thread::yield();
    CHECK(echo.deliver("again").has_value());
}

TEST_CASE("an instance that hangs is left behind, with its library, until it comes back") {
    Echo echo;
    echo.run();
    while (echo.instance->state() != InstanceState::hung) (void)echo.deliver("hang", Duration(5));
    const std::weak_ptr<Library> library = echo.library;
    echo.library.reset();
    CHECK_FALSE(library.expired());
    echo.instance.reset();  // the plugin sees its clock stand, and ends
    while (!library.expired()) std::this_thread::yield();
}

TEST_CASE("a message over the limit is refused before the plugin sees it") {
    Echo echo(everywhere());
    echo.run();
    const Bytes largest(plugin_message_bytes_max), too_large(plugin_message_bytes_max + 8);
    CHECK(echo.instance->call(SANAD_M_DELIVER, largest, ample).error().fault == Fault::invalid);
    CHECK(echo.instance->call(SANAD_M_DELIVER, too_large, ample).error().fault == Fault::bad_size);
    CHECK(echo.instance->call(0x7fff, {}, ample).error().fault == Fault::unsupported);
}

TEST_CASE("many threads call one instance, one at a time inside it") {
    Echo echo(everywhere());
    echo.run();
    std::vector<std::thread> callers;
    std::atomic<int> answered = 0;
    for (int i = 0; i < 4; ++i)
        callers.emplace_back([&] {
            for (int n = 0; n < 50; ++n) answered += echo.deliver("hello").has_value();
        });
    for (auto& caller : callers) caller.join();
    CHECK(answered == 200);
    CHECK(echo.node.texts().size() == 200);
}

TEST_CASE("a plugin in plain C lives as any other") {
    Node node;
    RecordingLog log;
    SystemClock clock;
    const auto file = read_plugin(std::filesystem::path(PLAIN_PLUGIN));
    auto instance = everywhere() == Placement::isolated
                        ? run_isolated(PLAIN_PLUGIN, "plain-1", node, log, clock, {PLUGIN_HOST})
                        : run_in_process(*Library::load(PLAIN_PLUGIN), "plain-1", node, log, clock);
    REQUIRE(instance.has_value());
    const auto config = (*Configuration::load(file->config_schema))->from_json("{}");
    REQUIRE((*instance)->configure(*config).has_value());
    REQUIRE((*instance)->start().has_value());
    const auto health = (*instance)->call(SANAD_M_HEALTH, {}, ample);
    REQUIRE(health.has_value());
    const auto state = read_message<schema::HealthReply>(
        *health, [](auto reply) { return Result<schema::HealthReply::State>(reply.getState()); });
    CHECK(*state == schema::HealthReply::State::OK);
    CHECK((*instance)->call(SANAD_M_DELIVER, {}, ample).error().fault == Fault::unsupported);
    CHECK((*instance)->extension("sanad.store/1") == nullptr);
    CHECK((*instance)->drain().has_value());
    CHECK((*instance)->stop().has_value());
    CHECK(log.holds("line=plain.started language=c"));
}

TEST_CASE("a kind of plugin may call its own methods only") {
    CHECK(may_call(Kind::channel, SANAD_M_SUBMIT));
    CHECK(may_call(Kind::channel, SANAD_M_LEAVE));
    CHECK(may_call(Kind::channel, SANAD_M_FEEDBACK));
    CHECK_FALSE(may_call(Kind::partner, SANAD_M_FEEDBACK));
    CHECK(may_call(Kind::partner, SANAD_M_STATUS));
    CHECK_FALSE(may_call(Kind::partner, SANAD_M_SUBMIT));
    CHECK_FALSE(may_call(Kind::channel, SANAD_M_VIEW));
    CHECK_FALSE(may_call(Kind::channel, SANAD_M_DELIVER));
    CHECK_FALSE(may_call(Kind::storage, SANAD_M_HEALTH));
    CHECK_FALSE(may_call(Kind::assist, SANAD_M_SUBMIT));
}

TEST_CASE("the node's functions refuse what a plugin must not hand over") {
    Node node;
    RecordingLog log;
    SetClock clock;
    HostTable host("echo-1", Kind::channel, node, log, clock, nullptr);
    alignas(8) std::uint8_t bytes[64] = {};
    sanad_call call{};
    call.size = sizeof call;
    call.method = SANAD_M_SUBMIT;
    const auto ask = [&](const void* data, std::size_t size) {
        call.request = {data, size};
        return host.table().call(host.table().ctx, &call);
    };
    CHECK(ask(bytes, 0) == SANAD_E_INVALID);
    CHECK(ask(nullptr, 8) == SANAD_E_INVALID);
    CHECK(ask(bytes, 12) == SANAD_E_INVALID);
    CHECK(ask(bytes + 4, 16) == SANAD_E_INVALID);
    CHECK(ask(bytes, plugin_message_bytes_max + 8) == SANAD_E_INVALID);
    CHECK(host.table().call(host.table().ctx, nullptr) == SANAD_E_INVALID);
    call.method = SANAD_M_STATUS;
    CHECK(ask(bytes, 16) == SANAD_E_DENIED);
    call.size = 8;
    CHECK(ask(bytes, 16) == SANAD_E_INVALID);
    host.close();
    CHECK(ask(bytes, 16) == SANAD_E_CLOSED);
    CHECK(node.texts().empty());
}

// A sanitizer keeps what was freed for a while, and counts.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
std::size_t resident_pages() {
    std::size_t size = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident;
}

TEST_CASE("a thousand lives of a plugin leave this process as large as it was") {
    const auto live = [] {
        Echo echo;
        echo.run();
        REQUIRE(echo.deliver("hello").has_value());
        REQUIRE(echo.instance->stop().has_value());
    };
    for (int n = 0; n < 100; ++n) live();
    const std::size_t before = resident_pages();
    for (int n = 0; n < 1'000; ++n) live();
    const std::size_t after = resident_pages();
    INFO(before << " pages, then " << after);
    CHECK(after <= before + 64);  // 256 KiB, of which an arena of a thread may take some
}
#endif

}  // namespace
}  // namespace sanad::plugins
