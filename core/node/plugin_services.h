#pragma once

#include "core/api/contact_files.h"
#include "core/api/contacts.h"
#include "core/api/cover.h"
#include "core/api/escalations.h"
#include "core/api/feedback.h"
#include "core/api/hints.h"
#include "core/api/phones.h"
#include "core/api/switchboard.h"
#include "core/api/waiting_line.h"
#include "core/node/desk_calls.h"
#include "core/node/plugin_values.h"
#include "core/plugins/instance.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/outbox.h"

#include <map>
#include <mutex>

namespace sanad::node {

/// What drafts the outbox items for plugins.
class PluginOutward final : public api::Outward {
public:
    explicit PluginOutward(store::Outbox& outbox) : outbox_(outbox) {}

    Result<void> deliver(store::Draft& draft, const casework::Contact& contact,
                         const api::Reach& reach, const api::ChatMessage& message,
                         Time now) override;
    Result<void> connect(store::Draft& draft, const casework::Contact& contact,
                         const api::Reach& reach, const std::string& device, Time now) override;
    Result<void> control(store::Draft& draft, const casework::Contact& contact,
                         const api::Reach& reach, api::CallAct act, const std::string& device,
                         Time now) override;
    Result<void> dispatch(store::Draft& draft, const std::string& instance,
                          const casework::Escalation& escalation, ByteView reference,
                          const std::string& view, Time now) override;

private:
    store::Outbox& outbox_;
};

/// What plugins ask of the node. A call that changes something returns after the commit.
class PluginServices final : public plugins::HostServices {
public:
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        api::Contacts& contacts;
        api::ContactFiles& files;
        api::Phones& phones;
        api::Switchboard& switchboard;
        api::Hints& hints;
        api::Board& board;
        api::Escalations& escalations;
        api::Cover& cover;
        api::Feedback& feedback;
        PluginValues& values;
        DeskCalls& desks;
        const Clock& clock;
    };
    explicit PluginServices(Parts parts) : parts_(parts), line_(parts.contacts, parts.board) {}

    /// The taxonomy's channel of an instance; before the instance starts. threads  any
    void set_channel(const std::string& instance, const std::string& channel);

    sanad_status call(std::string_view instance, std::uint32_t method, ByteView request,
                      plugins::Reply& reply) override;
    sanad_status keep(std::string_view instance, const plugins::ValueCall& value,
                      plugins::Reply& reply) override;
    void measured(std::string_view instance, const plugins::Measures::Values& values) override;

    /// What an instance has counted since this process began. threads  any
    plugins::Measures::Values measures(std::string_view instance) const;

private:
    using Work = std::function<Result<Bytes>(store::Draft&, Time)>;
    sanad_status change(const std::string& instance, const char* action, store::Engine::When when,
                        const Work& work, plugins::Reply& reply);
    sanad_status read(const std::function<Result<Bytes>(store::Snapshot&)>& work,
                      plugins::Reply& reply);

    /// Keeps what was noticed in a new message, and lets cover read an answer in it.
    Result<void> heard(store::Draft& draft, const api::Contacts::Submitted& submitted,
                       const std::string& text, std::span<const casework::Hint> noticed, Time now);
    api::Contacts::Source source(const std::string& instance) const;
    /// Of whoever waits; of others nothing.
    Result<api::WaitingLine::Place> place_of(store::Snapshot& from, const ContactId& id,
                                             casework::ContactState state);
    /// errors  not_found
    Result<ContactId> find_earlier(ByteView conversation);
    sanad_status submit(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status notice(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status arrive(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status attach(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status summon(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status rang(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status device(ByteView request, plugins::Reply& reply);
    /// errors  not_found, bad_size
    Result<ContactId> contact_of(store::Snapshot& from, const std::string& instance,
                                 ByteView conversation);
    sanad_status receipt(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status replay(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status feedback(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status leave(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status status(const std::string& instance, ByteView request, plugins::Reply& reply);
    sanad_status view(ByteView request, plugins::Reply& reply);

    Parts parts_;
    api::WaitingLine line_;
    mutable std::mutex mutex_;  // guards the rest
    std::map<std::string, std::string, std::less<>> channels_;
    std::map<std::string, plugins::Measures, std::less<>> measures_;
};

}  // namespace sanad::node
