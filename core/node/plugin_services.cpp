#include "core/node/plugin_services.h"

#include "core/node/plugin_messages.h"
#include "core/plugins/status.h"

#include <sanad/methods.h>

#include <future>

namespace sanad::node {

Result<void> PluginOutward::deliver(store::Draft& draft, const casework::Contact& contact,
                                    const api::Reach& reach, const api::ChatMessage& message,
                                    Time now) {
    store::OutboxItem item;
    item.method = SANAD_M_DELIVER;
    item.request = write_deliver(reach, message, contact.state);
    item.subject = contact.id.bytes;
    item.created_at = now;
    item.owner = api::key_of(contact.id);
    return outbox_.add(draft, contact.instance, std::move(item));
}

Result<void> PluginOutward::dispatch(store::Draft& draft, const std::string& instance,
                                     const casework::Escalation& escalation, ByteView reference,
                                     const std::string& view, Time now) {
    store::OutboxItem item;
    item.method = SANAD_M_DISPATCH;
    item.request = write_dispatch(escalation, reference, view);
    item.subject = escalation.id.bytes;
    item.created_at = now;
    item.owner = api::key_of(escalation.case_id);
    return outbox_.add(draft, instance, std::move(item));
}

void PluginServices::set_channel(const std::string& instance, const std::string& channel) {
    const std::lock_guard lock(mutex_);
    channels_[instance] = channel;
}

// Which methods an instance may call was decided by its kind, before this.
sanad_status PluginServices::call(std::string_view instance, std::uint32_t method, ByteView request,
                                  plugins::Reply& reply) {
    const std::string name(instance);
    switch (method) {
        case SANAD_M_SUBMIT:
            return submit(name, request, reply);
        case SANAD_M_RECEIPT:
            return receipt(name, request, reply);
        case SANAD_M_REPLAY:
            return replay(name, request, reply);
        case SANAD_M_TYPING:
            return SANAD_OK;  // shown to nobody yet, and never stored
        case SANAD_M_LEAVE:
            return leave(name, request, reply);
        case SANAD_M_FEEDBACK:
            return feedback(name, request, reply);
        case SANAD_M_NOTICE:
            return notice(name, request, reply);
        case SANAD_M_ARRIVE:
            return arrive(name, request, reply);
        case SANAD_M_ATTACH:
            return attach(name, request, reply);
        case SANAD_M_SUMMON:
            return summon(name, request, reply);
        case SANAD_M_RANG:
            return rang(name, request, reply);
        case SANAD_M_DEVICE:
            return device(request, reply);
        case SANAD_M_STATUS:
            return status(name, request, reply);
        case SANAD_M_VIEW:
            return view(request, reply);
        case SANAD_M_ASK:
        case SANAD_M_REST:
        case SANAD_M_NEWS:
            return parts_.desks.call(instance, method, request, reply);
        default:
            return SANAD_E_UNSUPPORTED;
    }
}

api::Contacts::Source PluginServices::source(const std::string& instance) const {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(instance);
    return {instance, found == channels_.end() ? std::string() : found->second};
}

sanad_status PluginServices::submit(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_submit(request);
    if (!in) return plugins::status_of(in.error().fault);
    const auto from = source(instance);
    const auto noticed = parts_.hints.notice(in->text);
    return change(
        instance, "contact.message", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto submitted = parts_.contacts.submit(draft, from, *in, now);
            if (!submitted) return std::unexpected(submitted.error());
            if (!submitted->duplicate)
                if (const auto told = heard(draft, *submitted, in->text, noticed, now); !told)
                    return std::unexpected(told.error());
            return write_submit_reply(*submitted);
        },
        reply);
}

sanad_status PluginServices::notice(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_notice(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "contact.noticed", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto noticed =
                parts_.contacts.notice(draft, instance, in->conversation, in->key, in->mark, now);
            if (!noticed) return std::unexpected(noticed.error());
            return Bytes();
        },
        reply);
}

// In any channel of this node: the code says only that it is theirs.
Result<ContactId> PluginServices::find_earlier(ByteView conversation) {
    std::vector<std::string> instances;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [instance, channel] : channels_) instances.push_back(instance);
    }
    const auto from = parts_.store.snapshot();
    if (!from) return std::unexpected(from.error());
    for (const auto& instance : instances) {
        const auto id = parts_.contacts.find_conversation(**from, instance, conversation);
        if (!id) return std::unexpected(id.error());
        if (*id) return **id;
    }
    return fail(Fault::not_found, "conversation");
}

Result<api::WaitingLine::Place> PluginServices::place_of(store::Snapshot& from, const ContactId& id,
                                                         casework::ContactState state) {
    if (state != casework::ContactState::waiting) return api::WaitingLine::Place{};
    return line_.place(from, id, parts_.clock.now());
}

// The place is asked after the commit: it is another's business who else has come since.
sanad_status PluginServices::arrive(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    auto in = read_arrive(request);
    if (!in) return plugins::status_of(in.error().fault);
    if (!in->earlier.empty()) {
        const auto earlier = find_earlier(in->earlier);
        if (!earlier) return plugins::status_of(earlier.error().fault);
        in->earlier_contact = *earlier;
    }
    api::Contacts::Arrived arrived;
    plugins::Reply nothing(nullptr);
    const sanad_status status = change(
        instance, "contact.arrived", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            auto here = parts_.contacts.arrive(draft, source(instance), *in, now);
            if (!here) return std::unexpected(here.error());
            arrived = std::move(*here);
            return Bytes();
        },
        nothing);
    if (status != SANAD_OK) return status;
    return read(
        [&](store::Snapshot& from) -> Result<Bytes> {
            const auto place = place_of(from, arrived.contact.id, arrived.contact.state);
            if (!place) return std::unexpected(place.error());
            return write_arrive_reply(arrived, *place);
        },
        reply);
}

Result<void> PluginServices::heard(store::Draft& draft, const api::Contacts::Submitted& submitted,
                                   const std::string& text, std::span<const casework::Hint> noticed,
                                   Time now) {
    const auto told = parts_.cover.person_wrote(draft, submitted.contact, text, now);
    if (!told || noticed.empty()) return told;
    const auto contact = parts_.contacts.find(draft, submitted.contact);
    if (!contact) return std::unexpected(contact.error());
    return parts_.hints.keep(draft, *contact, submitted.seq, noticed, now);
}

sanad_status PluginServices::receipt(const std::string& instance, ByteView request,
                                     plugins::Reply& reply) {
    const auto in = read_receipt(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "contact.shown", store::Engine::When::lazy,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto shown =
                parts_.contacts.shown(draft, instance, in->conversation, in->seq, now);
            if (!shown) return std::unexpected(shown.error());
            return Bytes();
        },
        reply);
}

sanad_status PluginServices::replay(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_replay(request);
    if (!in) return plugins::status_of(in.error().fault);
    return read(
        [&](store::Snapshot& from) -> Result<Bytes> {
            const auto replay =
                parts_.contacts.replay(from, instance, in->conversation, in->after, in->limit);
            if (!replay) return std::unexpected(replay.error());
            const auto place = place_of(from, replay->contact, replay->state);
            if (!place) return std::unexpected(place.error());
            return write_replay_reply(*replay, *place);
        },
        reply);
}

sanad_status PluginServices::leave(const std::string& instance, ByteView request,
                                   plugins::Reply& reply) {
    const auto in = read_leave(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "contact.left", store::Engine::When::lazy,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto left = parts_.contacts.left(draft, instance, in->conversation, in->how, now);
            if (!left) return std::unexpected(left.error());
            const auto contact = contact_of(draft, instance, in->conversation);
            if (!contact) return std::unexpected(contact.error());
            const auto closed = parts_.switchboard.line_closed(draft, *contact, now);
            if (!closed) return std::unexpected(closed.error());
            return Bytes();
        },
        reply);
}

sanad_status PluginServices::feedback(const std::string& instance, ByteView request,
                                      plugins::Reply& reply) {
    const auto in = read_feedback(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "contact.feedback", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto given =
                parts_.feedback.give(draft, instance, in->conversation, in->answers, now);
            if (!given) return std::unexpected(given.error());
            return Bytes();
        },
        reply);
}

sanad_status PluginServices::status(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_status(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "escalation.report", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto reported =
                parts_.escalations.report(draft, in->reference, in->key, in->kind, in->note, now);
            if (!reported) return std::unexpected(reported.error());
            return write_status_reply(*reported);
        },
        reply);
}

sanad_status PluginServices::view(ByteView request, plugins::Reply& reply) {
    const auto reference = read_view(request);
    if (!reference) return plugins::status_of(reference.error().fault);
    return read(
        [&](store::Snapshot& from) -> Result<Bytes> {
            const auto view = parts_.escalations.view(from, *reference);
            if (!view) return std::unexpected(view.error());
            return write_view_reply(*view);
        },
        reply);
}

// Runs in the engine while the plugin's thread waits here: SANAD_OK means that it is on disk.
sanad_status PluginServices::change(const std::string& instance, const char* action,
                                    store::Engine::When when, const Work& work,
                                    plugins::Reply& reply) {
    Bytes answer;
    std::promise<Result<void>> done;
    const auto taken = parts_.engine.submit(
        [&](store::Draft& draft) -> Result<void> {
            const Time now = parts_.clock.now();
            auto worked = work(draft, now);
            if (!worked) return std::unexpected(worked.error());
            answer = std::move(*worked);
            parts_.audit.append(
                draft,
                {.at = now, .actor = "plugin " + instance, .role = "plugin", .action = action});
            return {};
        },
        [&](const Result<void>& result) { done.set_value(result); }, when);
    if (!taken) return plugins::status_of(taken.error().fault);
    const auto result = done.get_future().get();
    if (!result) return plugins::status_of(result.error().fault);
    return answer.empty() ? SANAD_OK : reply.send(answer);
}

sanad_status PluginServices::read(const std::function<Result<Bytes>(store::Snapshot&)>& work,
                                  plugins::Reply& reply) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return plugins::status_of(snapshot.error().fault);
    const auto answer = work(**snapshot);
    if (!answer) return plugins::status_of(answer.error().fault);
    return reply.send(*answer);
}

// No audit entry: a plugin's place in a mailbox is no act on anybody's behalf.
sanad_status PluginServices::keep(std::string_view instance, const plugins::ValueCall& value,
                                  plugins::Reply& reply) {
    const std::string name(instance);
    switch (value.act) {
        case plugins::ValueCall::Act::get:
            return read(
                [&](store::Snapshot& from) -> Result<Bytes> {
                    auto kept = parts_.values.get(from, name, value.key);
                    if (!kept) return std::unexpected(kept.error());
                    if (!*kept) return fail(Fault::not_found, "value");
                    return std::move(**kept);
                },
                reply);
        case plugins::ValueCall::Act::put:
        case plugins::ValueCall::Act::remove:
            break;
        default:
            return SANAD_E_UNSUPPORTED;
    }
    std::promise<Result<void>> done;
    const auto taken = parts_.engine.submit(
        [&](store::Draft& draft) { return parts_.values.change(draft, name, value); },
        [&](const Result<void>& result) { done.set_value(result); });
    if (!taken) return plugins::status_of(taken.error().fault);
    const auto result = done.get_future().get();
    return result ? SANAD_OK : plugins::status_of(result.error().fault);
}

void PluginServices::measured(std::string_view instance, const plugins::Measures::Values& values) {
    const std::lock_guard lock(mutex_);
    auto& measures = measures_[std::string(instance)];
    for (const auto& [name, value] : values) (void)measures.add(name, value.kind, value.value);
}

plugins::Measures::Values PluginServices::measures(std::string_view instance) const {
    const std::lock_guard lock(mutex_);
    const auto found = measures_.find(instance);
    return found == measures_.end() ? plugins::Measures::Values{} : found->second.all();
}

}  // namespace sanad::node
