// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/fake_node.hpp>

#include <stdexcept>

// A node in memory for a plugin's tests: it runs one instance in the test's process, keeps what the
// plugin submits, answers as the real node does, and fails when the test says so.
//
//     sanad::plugin::FakeHost host(sanad_plugin_entry_v1);
//     host.configure<sms::Config>([](auto config) { config.setPort(0); });
//     host.start();
//     ... the plugin submits ...
//     host.wait_for([&] { return host.conversation(id).size() == 1; });
//     auto delivered = host.deliver(id, "hello");
namespace sanad::plugin {

/// threads  as FakeNode; the functions that run the plugin (configure to stop, deliver, dispatch,
///          health, run_posted, pass, run_ready) one at a time
class FakeHost : public FakeNode {
public:
    struct Delivered {  // what the plugin answered to Deliver or Dispatch
        sanad_status status = SANAD_E_INTERNAL;
        Outcome outcome;
    };

    /// Creates the instance. throws  std::runtime_error when the plugin refuses
    explicit FakeHost(const sanad_entry& entry) {
        if (entry.magic != SANAD_MAGIC || entry.abi_major != SANAD_ABI_MAJOR)
            throw std::runtime_error("not a plugin of this ABI");
        if (entry.create(&table(), &plugin_) != SANAD_OK || !plugin_)
            throw std::runtime_error("create failed");
    }
    ~FakeHost() {
        if (running_) stop();
        plugin_->destroy(plugin_->self);
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    // ------------------------------------------------------------ the instance's life

    template <typename Config, typename Fill>
    sanad_status configure(Fill fill) {
        capnp::MallocMessageBuilder message;
        fill(message.initRoot<Config>());
        const kj::Array<capnp::word> flat = flatten(message);
        return plugin_->configure(plugin_->self, {flat.begin(), flat.asBytes().size()});
    }
    sanad_status start() {
        const sanad_status status = plugin_->start(plugin_->self);
        running_ = status == SANAD_OK;
        return status;
    }
    sanad_status drain() { return plugin_->drain(plugin_->self, table().now_ns(table().ctx)); }
    sanad_status stop() {
        running_ = false;
        loop.end();
        return plugin_->stop(plugin_->self);
    }
    const void* extension(const char* id) { return plugin_->get_extension(plugin_->self, id); }

    // ------------------------------------------------------------ calls of the node

    /// The helpline writes into the conversation and the plugin is given the message.
    Delivered deliver(std::string_view conversation, std::string_view text,
                      schema::ConversationState state = schema::ConversationState::OPEN) {
        return redeliver(conversation, write(conversation, text, state), state);
    }
    /// A delivery once more, as after a retry.
    Delivered redeliver(std::string_view conversation, const Message& message,
                        schema::ConversationState state = schema::ConversationState::OPEN) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Deliver>();
        request.setConversation(data_of(conversation));
        request.setState(state);
        const std::string address = return_address(conversation);
        request.setReturnAddress(data_of(address));
        fill(request.initMessage(), message);
        return give(SANAD_M_DELIVER, built);
    }
    Delivered connect(std::string_view conversation, std::string_view device) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Connect>();
        const std::string address = return_address(conversation);
        std::string storage;
        request.setConversation(data_of(conversation));
        request.setDevice(text_of(device, storage));
        request.setReturnAddress(data_of(address));
        return give(SANAD_M_CONNECT, built);
    }
    Delivered control(std::string_view conversation, schema::Control::Act act,
                      std::string_view device) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Control>();
        std::string storage;
        request.setConversation(data_of(conversation));
        request.setAct(act);
        request.setDevice(text_of(device, storage));
        return give(SANAD_M_CONTROL, built);
    }
    sanad_status cancel(std::string_view conversation) {
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::Deliver>().setConversation(data_of(conversation));
        return give(SANAD_M_CANCEL, built).status;
    }
    /// The matter must be known (see `matter`); `attempt` and the id are the caller's to choose.
    Delivered dispatch(std::string_view reference, std::string_view delivery_id,
                       std::uint32_t attempt = 1,
                       schema::DispatchKind kind = schema::DispatchKind::ESCALATION) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Dispatch>();
        std::string storage;
        const Matter known = matter(reference);
        request.setReference(data_of(reference));
        request.setDeliveryId(text_of(delivery_id, storage));
        request.setAttempt(attempt);
        request.setKind(kind);
        request.setUrgency(known.urgency);
        request.setCreatedAtMs(known.created_at_ms);
        request.setView(known.view);
        return give(SANAD_M_DISPATCH, built);
    }
    Health health() {
        Inbox inbox;
        const sanad_call call = call_of(SANAD_M_HEALTH, {}, inbox.sink());
        if (plugin_->call(plugin_->self, &call) != SANAD_OK)
            return {schema::HealthReply::State::FAILED, "no_answer", 0};
        const Received<schema::HealthReply> reply(inbox.bytes());
        return {reply->getState(), reply->getReason(), reply->getQueued()};
    }
    /// Runs on_event for each token that the plugin posted.
    void run_posted() {
        for (const std::uint64_t token : take_posted())
            plugin_->on_event(plugin_->self, SANAD_EV_POST, token, 0);
    }
    /// Lets this much of the loop's time pass: on_event for each timer that is due, in their order.
    void pass(std::chrono::nanoseconds time) {
        while (const auto told = loop.next_timer(time))
            plugin_->on_event(plugin_->self, told->event, told->token, told->arg);
    }
    /// Waits for a descriptor that the plugin watches, and runs on_event. false: none in time.
    bool run_ready(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
        const auto told = loop.next_ready(limit);
        if (told) plugin_->on_event(plugin_->self, told->event, told->token, told->arg);
        return told.has_value();
    }

private:
    sanad_call call_of(std::uint32_t method, sanad_span request, const sanad_sink* reply) {
        sanad_call call{};
        call.size = sizeof call;
        call.method = method;
        call.id = next_id_++;
        call.request = request;
        call.reply = reply;
        return call;
    }
    Delivered give(std::uint32_t method, capnp::MessageBuilder& request) {
        const kj::Array<capnp::word> flat = flatten(request);
        Inbox inbox;
        const sanad_call call =
            call_of(method, {flat.begin(), flat.asBytes().size()}, inbox.sink());
        Delivered delivered;
        delivered.status = plugin_->call(plugin_->self, &call);
        if (delivered.status != SANAD_OK || inbox.bytes().size == 0) return delivered;
        const Received<schema::Outcome> reply(inbox.bytes());
        delivered.outcome = {reply->getResult(), reply->getRetryAfterMs(), reply->getReference(),
                             reply->getReason()};
        return delivered;
    }

    const sanad_plugin* plugin_ = nullptr;
    std::uint64_t next_id_ = 1;
    bool running_ = false;
};

}  // namespace sanad::plugin
