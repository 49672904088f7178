// What a phone channel asks of the node, by its own messages, and what it is asked.
#include "core/node/call_messages.h"
#include "core/node/plugin_pump.h"
#include "core/node/plugin_services.h"
#include "core/trust/sip_digest.h"
#include "tests/unit/api/phone_line.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <atomic>
#include <future>

namespace sanad::support {
namespace {

namespace wire = plugin::schema;
using std::chrono::seconds;

constexpr auto patience = seconds(30);

template <typename Value>
Value must(Result<Value> result) {
    REQUIRE(result.has_value());
    return std::move(*result);
}

/// The reply that a plugin would get.
struct Sink {
    Bytes bytes;
    sanad_sink sink{
        this,
        [](void* self, std::size_t size) -> void* {
            auto& into = static_cast<Sink*>(self)->bytes;
            into.resize(size);
            return into.data();
        },
        [](void* self, std::size_t size) { static_cast<Sink*>(self)->bytes.resize(size); }};
};

/// The node's side of the boundary, around the parts of a helpline.
struct Channel : PhoneLine {
    template <typename Message, typename Fill>
    sanad_status call(std::uint32_t method, const Fill& fill) {
        capnp::MallocMessageBuilder builder;
        fill(builder.initRoot<Message>());
        const Bytes request = flatten(builder);
        sink.bytes.clear();
        plugins::Reply reply(&sink.sink);
        // A change waits for the engine, which is this thread.
        auto answer = std::async(std::launch::async,
                                 [&] { return services.call("phone", method, request, reply); });
        const auto until = std::chrono::steady_clock::now() + patience;
        while (answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
            here().node.turn();
            if (std::chrono::steady_clock::now() > until) FAIL("no answer");
        }
        return answer.get();
    }
    sanad_status attach(std::uint32_t index, const Bytes& bytes, bool last,
                        const std::string& media_type = "audio/PCMA") {
        return call<wire::Attach>(SANAD_M_ATTACH, [&](auto in) {
            in.setConversation(to_data(conversation_of("yasmin")));
            in.setFile(to_data(Bytes(16, 7)));
            in.setIndex(index);
            in.setBytes(to_data(bytes));
            in.setLast(last);
            in.setMediaType(to_text(media_type));
        });
    }
    std::string summons(const std::string& name, const std::vector<std::string>& devices) {
        const auto status = call<wire::Summon>(SANAD_M_SUMMON, [&](auto in) {
            in.setConversation(to_data(conversation_of(name)));
            auto list = in.initDevices(static_cast<unsigned>(devices.size()));
            for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(devices[i]));
        });
        if (status != SANAD_OK) return "status " + std::to_string(status);
        return read_message<wire::SummonReply>(
                   sink.bytes,
                   [](auto out) -> Result<std::string> { return from_text(out.getDevice()); })
            .value();
    }
    sanad_status told(const std::string& name, const std::string& device,
                      wire::Rang::Result result) {
        return call<wire::Rang>(SANAD_M_RANG, [&](auto in) {
            in.setConversation(to_data(conversation_of(name)));
            in.setDevice(to_text(device));
            in.setResult(result);
        });
    }
    std::size_t entries_of(const std::string& action) {
        auto audit =
            here().ask("nadia", [](auto request) { request.initAuditExport().setLimit(1'000); });
        std::size_t count = 0;
        for (const auto entry : (*audit).getAudit())
            count += from_text(entry.getAction()) == action ? 1U : 0U;
        return count;
    }

    Sink sink;
    std::unique_ptr<api::Feedback> feedback = must(api::Feedback::open(
        *here().node.store, {here().node.records, *here().node.feed, *here().contacts,
                             world.taxonomies, world.entropy}));
    std::unique_ptr<node::PluginValues> values =
        must(node::PluginValues::open(*here().node.store, here().node.records));
    node::DeskCalls desks{world.clock, world.entropy, 0};
    node::PluginServices services{
        {*here().node.store, here().node.engine, *here().node.audit, *here().contacts,
         *here().files, *here().phones, *here().switchboard, *here().hints, *here().board,
         *here().escalations, *here().cover, *feedback, *values, desks, world.clock}};
};

/// A plugin that answers as the test wants.
struct Plugin final : plugins::Instance {
    explicit Plugin(wire::Outcome::Result result, std::string reason)
        : result_(result), reason_(std::move(reason)) {}
    const std::string& name() const override { return name_; }
    const plugins::Manifest& manifest() const override { return manifest_; }
    plugins::InstanceState state() const override { return plugins::InstanceState::running; }
    plugins::Standing standing() const override { return {}; }
    Result<void> configure(ByteView) override { return {}; }
    Result<void> start() override { return {}; }
    Result<void> drain() override { return {}; }
    Result<void> stop() override { return {}; }
    Result<Bytes> call(std::uint32_t method, ByteView request, Duration) override {
        method_ = method;
        asked_.assign(request.begin(), request.end());
        ++calls;
        capnp::MallocMessageBuilder builder;
        auto out = builder.initRoot<wire::Outcome>();
        out.setResult(result_);
        out.setReason(to_text(reason_));
        return flatten(builder);
    }
    Result<void> resume() override { return {}; }
    const void* extension(const char*) override { return nullptr; }

    std::atomic<int> calls{0};
    std::uint32_t method_ = 0;
    Bytes asked_;

private:
    wire::Outcome::Result result_;
    std::string reason_;
    std::string name_ = "phone";
    plugins::Manifest manifest_;
};

/// Gives the plugin what waits for it, until nothing does.
void pump(Channel& channel, Plugin& plugin) {
    auto& here = channel.here();
    node::PluginPump pump({*here.node.store, here.node.engine, *here.outbox, *here.node.feed,
                           *here.escalations, *here.switchboard, plugin, channel.world.clock,
                           channel.world.log, here.node.counters});
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        while (here.node.turn()) {
        }
        const auto from = here.node.store->snapshot();
        if (here.outbox->read(**from, "phone", 0, 1).value().empty()) break;
        if (std::chrono::steady_clock::now() > until) FAIL("it still waits");
        std::this_thread::yield();
    }
    // Its end waits for nothing that this thread would have to do.
}

void want_connection(Channel& channel, const ContactId& id, const std::string& device) {
    node::PluginOutward outward(*channel.here().outbox);
    const auto contact = channel.contact(id);
    REQUIRE(channel.run([&](store::Draft& draft, Time now) {
        return outward.connect(draft, contact,
                               {PhoneLine::conversation_of("yasmin"), PhoneLine::bytes("a number")},
                               device, now);
    }));
}

TEST_CASE("the channel is told whom to ring, and their answer opens the contact") {
    Channel channel;
    channel.take_calls("amina");
    const auto id = channel.calls("yasmin");
    const auto device = channel.phones["amina"];
    CHECK(channel.summons("yasmin", {}) == "");
    CHECK(channel.summons("yasmin", {device}) == device);
    CHECK(channel.told("yasmin", device, wire::Rang::Result::ANSWERED) == SANAD_OK);
    CHECK(channel.contact(id).opened_by == "amina");
    CHECK(channel.told("yasmin", "d-aaaaaaaa", wire::Rang::Result::ANSWERED) == SANAD_E_NOT_FOUND);
}

TEST_CASE("asking again and again for somebody writes nothing while nobody is free") {
    Channel channel;
    channel.add_phone("amina");  // who takes no calls
    channel.calls("yasmin");
    const auto before = channel.here().node.engine.commits();
    for (int i = 0; i < 10; ++i) CHECK(channel.summons("yasmin", {channel.phones["amina"]}) == "");
    CHECK(channel.here().node.engine.commits() == before);
    REQUIRE(channel.make_ready("amina") == "");
    CHECK(channel.summons("yasmin", {channel.phones["amina"]}) == channel.phones["amina"]);
    CHECK(channel.entries_of("call.summon") == 1);
}

TEST_CASE("the hang-up of a caller frees who talked with them") {
    Channel channel;
    channel.take_calls("amina");
    const auto id = channel.calls("yasmin");
    REQUIRE(channel.summons("yasmin", channel.there) == channel.phones["amina"]);
    REQUIRE(channel.told("yasmin", channel.phones["amina"], wire::Rang::Result::ANSWERED) ==
            SANAD_OK);
    CHECK(channel.call<wire::Leave>(SANAD_M_LEAVE, [&](auto in) {
        in.setConversation(to_data(PhoneLine::conversation_of("yasmin")));
        in.setHow(wire::Leave::How::CALL_ENDED);
    }) == SANAD_OK);
    CHECK(channel.state_of("amina") == "after_call");
    CHECK(channel.contact(id).state == casework::ContactState::open);
}

TEST_CASE("the channel gets the digest of a telephone, and of none but those there are") {
    Channel channel;
    auto made = channel.here().ask("amina", [](auto request) { request.setPhoneAdd("home"); });
    const auto view = (*made).getPhoneMade();
    const auto name = from_text(view.getName());
    const auto ask = [&](const std::string& device) {
        return channel.call<wire::Device>(SANAD_M_DEVICE,
                                          [&](auto in) { in.setName(to_text(device)); });
    };
    REQUIRE(ask(name) == SANAD_OK);
    const auto ha1 =
        read_message<wire::DeviceReply>(channel.sink.bytes, [](auto out) -> Result<Bytes> {
            return Bytes(out.getHa1().begin(), out.getHa1().end());
        }).value();
    const auto expected = trust::sip_ha1(name, "sanad", from_text(view.getPassword()));
    CHECK(ha1 == Bytes(expected.begin(), expected.end()));
    CHECK(ask("d-aaaaaaaa") == SANAD_E_NOT_FOUND);
    CHECK(ask(std::string(65, 'd')) == SANAD_E_INVALID);
}

TEST_CASE(
    "a recorded voice comes in through the boundary; a picture, or too much at once, does not") {
    Channel channel;
    const auto id = channel.calls("yasmin");
    CHECK(channel.attach(0, Bytes(8'000, 0xD5), false) == SANAD_OK);
    CHECK(channel.attach(0, Bytes(8'000, 0xD5), false) == SANAD_OK);
    CHECK(channel.attach(2, Bytes(10, 0xD5), false) == SANAD_E_CONFLICT);
    CHECK(channel.attach(1, Bytes(16'385, 0xD5), true) == SANAD_E_INVALID);
    CHECK(channel.attach(1, {}, true) == SANAD_OK);
    const auto from = channel.here().node.store->snapshot();
    const auto files = channel.here().files->list(**from, id).value();
    REQUIRE(files.size() == 1);
    CHECK(files[0].whole);
    CHECK(files[0].bytes == 8'000);
}

TEST_CASE("bytes that are no message are refused, whatever they are sent as") {
    Channel channel;
    for (const auto method : {SANAD_M_ATTACH, SANAD_M_SUMMON, SANAD_M_RANG, SANAD_M_DEVICE}) {
        plugins::Reply reply(&channel.sink.sink);
        CHECK(channel.services.call("phone", static_cast<std::uint32_t>(method), Bytes(24, 0xFF),
                                    reply) != SANAD_OK);
    }
}

TEST_CASE("a connection that is wanted reaches the channel with the number of the person") {
    Channel channel;
    const auto id = channel.calls("yasmin");
    want_connection(channel, id, "d-abcdefgh");
    Plugin plugin(wire::Outcome::Result::ACCEPTED, "");
    pump(channel, plugin);
    CHECK(plugin.calls == 1);
    CHECK(plugin.method_ == SANAD_M_CONNECT);
    const auto device =
        read_message<wire::Connect>(plugin.asked_, [](auto in) -> Result<std::string> {
            CHECK(Bytes(in.getReturnAddress().begin(), in.getReturnAddress().end()) ==
                  PhoneLine::bytes("a number"));
            return from_text(in.getDevice());
        });
    CHECK(device.value() == "d-abcdefgh");
    CHECK(channel.contact(id).marks.empty());
}

TEST_CASE("what the channel refuses stands in the contact") {
    Channel channel;
    const auto id = channel.calls("yasmin");
    want_connection(channel, id, "d-abcdefgh");
    Plugin plugin(wire::Outcome::Result::REJECTED, "too_many_calls");
    pump(channel, plugin);
    CHECK(channel.contact(id).marks == std::vector<std::string>{"call_not_connected"});
    CHECK(channel.has_event("contact.call_refused"));
}

TEST_CASE("a call that could not be made in time is not made later") {
    Channel channel;
    const auto id = channel.calls("yasmin");
    want_connection(channel, id, "d-abcdefgh");
    channel.world.clock.advance(node::PluginPump::call_items_last);
    Plugin plugin(wire::Outcome::Result::ACCEPTED, "");
    pump(channel, plugin);
    CHECK(plugin.calls == 0);
    CHECK(channel.contact(id).marks == std::vector<std::string>{"call_not_connected"});
}

}  // namespace
}  // namespace sanad::support
