// The part of PluginServices that is about calls, and files that come with a contact.
#include "core/node/call_messages.h"
#include "core/node/plugin_services.h"
#include "core/plugins/status.h"

#include <sanad/methods.h>

namespace sanad::node {

Result<void> PluginOutward::connect(store::Draft& draft, const casework::Contact& contact,
                                    const api::Reach& reach, const std::string& device, Time now) {
    store::OutboxItem item;
    item.method = SANAD_M_CONNECT;
    item.request = write_connect(reach, device);
    item.subject = contact.id.bytes;
    item.created_at = now;
    item.owner = api::key_of(contact.id);
    return outbox_.add(draft, contact.instance, std::move(item));
}

Result<void> PluginOutward::control(store::Draft& draft, const casework::Contact& contact,
                                    const api::Reach& reach, api::CallAct act,
                                    const std::string& device, Time now) {
    store::OutboxItem item;
    item.method = SANAD_M_CONTROL;
    item.request = write_control(reach, act, device);
    item.subject = contact.id.bytes;
    item.created_at = now;
    item.owner = api::key_of(contact.id);
    return outbox_.add(draft, contact.instance, std::move(item));
}

Result<ContactId> PluginServices::contact_of(store::Snapshot& from, const std::string& instance,
                                             ByteView conversation) {
    const auto contact = parts_.contacts.find_conversation(from, instance, conversation);
    if (!contact) return std::unexpected(contact.error());
    if (!*contact) return fail(Fault::not_found, "conversation");
    return **contact;
}

sanad_status PluginServices::attach(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_attach(request);
    if (!in) return plugins::status_of(in.error().fault);
    return change(
        instance, "contact.file", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto attached =
                parts_.files.attach(draft, instance, in->conversation, in->file, in->part, now);
            if (!attached) return std::unexpected(attached.error());
            return Bytes();
        },
        reply);
}

// The channel asks again and again while somebody waits: only a place that is kept is a command.
sanad_status PluginServices::summon(const std::string& instance, ByteView request,
                                    plugins::Reply& reply) {
    const auto in = read_summon(request);
    if (!in) return plugins::status_of(in.error().fault);
    const Time now = parts_.clock.now();
    ContactId contact;
    std::vector<ContactId> order;
    std::string device;
    {
        const auto snapshot = parts_.store.snapshot();
        if (!snapshot) return plugins::status_of(snapshot.error().fault);
        const auto found = contact_of(**snapshot, instance, in->conversation);
        if (!found) return plugins::status_of(found.error().fault);
        contact = *found;
        parts_.switchboard.asked(contact, now);
        const auto places = parts_.board.order(now);
        if (!places) return plugins::status_of(places.error().fault);
        for (const auto& place : *places) order.push_back(place.contact);
        const auto whom = parts_.switchboard.whom(**snapshot, contact, in->devices, order, now);
        if (!whom) return plugins::status_of(whom.error().fault);
        if (!*whom) return reply.send(write_summon_reply({}));
    }
    return change(
        instance, "call.summon", store::Engine::When::now,
        [&](store::Draft& draft, Time at) -> Result<Bytes> {
            const auto kept = parts_.switchboard.summon(draft, contact, in->devices, order, at);
            if (!kept) return std::unexpected(kept.error());
            return write_summon_reply(*kept);
        },
        reply);
}

sanad_status PluginServices::rang(const std::string& instance, ByteView request,
                                  plugins::Reply& reply) {
    const auto in = read_rang(request);
    if (!in) return plugins::status_of(in.error().fault);
    const bool answered = in->result == api::Switchboard::Rang::answered;
    return change(
        instance, answered ? "call.answered" : "call.not_answered", store::Engine::When::now,
        [&](store::Draft& draft, Time now) -> Result<Bytes> {
            const auto contact = contact_of(draft, instance, in->conversation);
            if (!contact) return std::unexpected(contact.error());
            const auto told = parts_.switchboard.rang(draft, *contact, in->device, in->result, now);
            if (!told) return std::unexpected(told.error());
            return Bytes();
        },
        reply);
}

sanad_status PluginServices::device(ByteView request, plugins::Reply& reply) {
    const auto name = read_device(request);
    if (!name) return plugins::status_of(name.error().fault);
    return read(
        [&](store::Snapshot& from) -> Result<Bytes> {
            const auto phone = parts_.phones.find(from, *name);
            if (!phone) return std::unexpected(phone.error());
            if (!*phone) return fail(Fault::not_found, "phone");
            return write_device_reply((*phone)->ha1);
        },
        reply);
}

}  // namespace sanad::node
