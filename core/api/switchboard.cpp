#include "core/api/switchboard.h"

#include "core/base/join.h"

#include <algorithm>
#include <set>

// The part of Switchboard that rings; what staff does is in switchboard_staff.cpp.
namespace sanad::api {

using casework::Contact;
using casework::ContactEvent;
using casework::ContactEventKind;
using casework::ContactState;
using casework::LineCaller;
using casework::PhoneAgent;
using casework::PhoneCandidate;
using casework::PhoneState;

Result<std::unique_ptr<Switchboard>> Switchboard::open(store::Store& store, Parts parts) {
    auto board = std::make_unique<Switchboard>(std::move(parts));
    auto agents = store::Records::open_table(store, "phone.agent");
    if (!agents) return std::unexpected(agents.error());
    auto callbacks = store::Records::open_table(store, "contact.callbacks");
    if (!callbacks) return std::unexpected(callbacks.error());
    board->agents_ = std::move(*agents);
    board->callbacks_ = std::move(*callbacks);
    return board;
}

// A store must not learn who works here.
trust::Digest Switchboard::key_of_agent(const std::string& who) const {
    return trust::keyed_token(parts_.index_key, bytes_of("phone agent:" + who));
}

Result<PhoneAgent> Switchboard::agent(store::Snapshot& from, const std::string& who) {
    const auto bytes = parts_.records.get(from, agents_, key_of_agent(who));
    if (!bytes) return std::unexpected(bytes.error());
    if (*bytes) return casework::read_phone_agent(**bytes);
    PhoneAgent unknown;
    unknown.name = who;
    return unknown;
}

Result<std::vector<PhoneAgent>> Switchboard::agents(store::Snapshot& from) {
    return parts_.records.collect(from, agents_, {}, {}, store::Order::ascending,
                                  Accounts::accounts_max, casework::read_phone_agent);
}

Result<void> Switchboard::save(store::Draft& draft, const PhoneAgent& agent, Time now) {
    parts_.feed.emit(draft, {.at = now, .name = "phone.changed", .who = agent.name});
    return parts_.records.put(draft, agents_, key_of_agent(agent.name), store::node_key_id,
                              casework::write_record(agent));
}

void Switchboard::asked(const ContactId& contact, Time now) {
    const std::lock_guard lock(mutex_);
    std::erase_if(asked_, [&](const auto& one) { return now - one.second >= on_the_line; });
    asked_[contact] = now;
}

std::vector<ContactId> Switchboard::on_line(const std::vector<ContactId>& order, Time now) {
    const std::lock_guard lock(mutex_);
    std::vector<ContactId> here;
    for (const ContactId& id : order)
        if (const auto found = asked_.find(id);
            found != asked_.end() && now - found->second < on_the_line)
            here.push_back(id);
    return here;
}

Result<std::vector<LineCaller>> Switchboard::callers(store::Snapshot& from,
                                                     const std::vector<ContactId>& ids, Time now) {
    std::vector<LineCaller> all;
    for (const ContactId& id : ids) {
        const auto contact = parts_.contacts.find(from, id);
        if (!contact && contact.error().fault == Fault::not_found) continue;
        if (!contact) return std::unexpected(contact.error());
        if (contact->state != ContactState::waiting || contact->channel != channel) continue;
        all.push_back({id, contact->languages, now - contact->waiting_since});
    }
    return all;
}

Result<std::vector<PhoneCandidate>> Switchboard::candidates(
    store::Snapshot& from, const std::vector<std::string>& devices) {
    std::vector<PhoneCandidate> all;
    std::set<std::string> owners;
    for (const std::string& device : devices) {
        const auto phone = parts_.phones.find(from, device);
        if (!phone) return std::unexpected(phone.error());
        if (!*phone || !owners.insert((*phone)->owner).second) continue;
        const auto actor = parts_.accounts.actor((*phone)->owner);
        if (!actor || !check_role(*actor, {Role::volunteer})) continue;
        auto known = agent(from, actor->name);
        if (!known) return std::unexpected(known.error());
        const auto account = parts_.accounts.find(from, actor->name);
        if (!account) return std::unexpected(account.error());
        all.push_back({std::move(*known), account->languages, device});
    }
    return all;
}

Result<std::optional<PhoneCandidate>> Switchboard::whom(store::Snapshot& from, const ContactId& id,
                                                        const std::vector<std::string>& devices,
                                                        const std::vector<ContactId>& order,
                                                        Time now) {
    if (devices.size() > devices_max) return fail(Fault::exhausted, "devices");
    auto there = candidates(from, devices);
    if (!there) return std::unexpected(there.error());
    std::vector<std::string> known;
    for (const PhoneCandidate& one : *there) known.push_back(one.device);
    parts_.phones.reached(known, now);
    // Who is rung for already keeps who was chosen.
    const auto all = agents(from);
    if (!all) return std::unexpected(all.error());
    auto waiting = on_line(order, now);
    for (const PhoneAgent& one : *all) {
        if (casework::state_of(one, rules(), now) != PhoneState::ringing) continue;
        if (one.ringing->contact == id) {
            const bool reachable = std::ranges::find(devices, one.ringing->device) != devices.end();
            return reachable ? std::optional(PhoneCandidate{one, {}, one.ringing->device})
                             : std::nullopt;
        }
        std::erase(waiting, one.ringing->contact);
    }
    const auto in_order = callers(from, waiting, now);
    if (!in_order) return std::unexpected(in_order.error());
    Result<void> read;
    const auto may_open = [&](const LineCaller& caller, const PhoneCandidate& candidate) {
        const auto contact = parts_.contacts.find(from, caller.contact);
        const auto room = contact
                              ? parts_.exposures.room_for(from, *contact, candidate.agent.name, now)
                              : Result<Exposures::Room>(std::unexpected(contact.error()));
        if (!room) read = std::unexpected(room.error());
        return room && *room != Exposures::Room::none;
    };
    const auto chosen = casework::whom_to_ring(*in_order, id, *there, may_open, rules(), now);
    if (!read) return std::unexpected(read.error());
    return chosen ? std::optional(std::move((*there)[*chosen])) : std::nullopt;
}

Result<std::string> Switchboard::summon(store::Draft& draft, const ContactId& contact,
                                        const std::vector<std::string>& devices,
                                        const std::vector<ContactId>& order, Time now) {
    auto chosen = whom(draft, contact, devices, order, now);
    if (!chosen) return std::unexpected(chosen.error());
    if (!*chosen) return std::string();
    auto& [agent, languages, device] = **chosen;
    if (agent.ringing && agent.ringing->contact == contact &&
        casework::state_of(agent, rules(), now) == PhoneState::ringing)
        return device;
    agent = casework::rung(std::move(agent), {contact, device, now, {}});
    if (const auto saved = save(draft, agent, now); !saved) return std::unexpected(saved.error());
    return device;
}

Result<void> Switchboard::rang(store::Draft& draft, const ContactId& id, const std::string& device,
                               Rang result, Time now) {
    const auto phone = parts_.phones.find(draft, device);
    if (!phone) return std::unexpected(phone.error());
    if (!*phone) return fail(Fault::not_found, "phone");
    const std::string& who = (*phone)->owner;
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const auto before = agent(draft, who);
    if (!before) return std::unexpected(before.error());
    const bool rings = before->ringing && before->ringing->contact == id;
    if (result != Rang::answered) {
        if (!rings) {
            const bool called = before->talking && before->talking->contact == id &&
                                before->talking->device == device &&
                                before->talking->over_at == Time{};
            if (!called) return {};
            // Who rang themselves from the desk did not come to their telephone. Whoever they
            // meant to talk with goes back to the queue, but for who is not on the line.
            const auto callbacks = parts_.records.get(draft, callbacks_, id);
            if (!callbacks) return std::unexpected(callbacks.error());
            if (*callbacks || contact->state != ContactState::open || contact->opened_by != who)
                return save(draft, casework::wrapped_up(*before, now), now);
            const auto released = parts_.contacts.release(draft, id, who, now);
            return released ? Result<void>() : std::unexpected(released.error());
        }
        const auto after = casework::passed_over(*before, id, result == Rang::missed, rules(), now);
        if (before->ready && !after.ready)
            parts_.feed.emit(draft, {.at = now, .name = "phone.paused", .who = who});
        return save(draft, after, now);
    }
    const bool somebody_elses = contact->state == ContactState::open && contact->opened_by != who;
    if (contact->state == ContactState::ended) return fail(Fault::conflict, "ended");
    if (somebody_elses && !(rings && before->ringing->handed_over))
        return fail(Fault::conflict, "contact");
    if (contact->state == ContactState::waiting)
        if (const auto opened = open_for(draft, *contact, who, now); !opened) return opened;
    if (somebody_elses)
        if (const auto given = parts_.contacts.transfer(draft, id, who, now); !given)
            return std::unexpected(given.error());
    const auto now_there = agent(draft, who);  // the contact's change may have changed it
    if (!now_there) return std::unexpected(now_there.error());
    return save(draft, casework::answered(*now_there, {id, device, now, {}}), now);
}

Result<void> Switchboard::open_for(store::Draft& draft, const Contact& contact,
                                   const std::string& who, Time now) {
    const auto room = parts_.exposures.room_for(draft, contact, who, now);
    if (!room) return std::unexpected(room.error());
    if (*room == Exposures::Room::none) return fail(Fault::denied, "exposure_over");
    if (*room == Exposures::Room::in_danger) {
        const auto told = parts_.accounts.supervisors(draft);
        if (!told) return std::unexpected(told.error());
        parts_.feed.emit(draft, {.at = now,
                                 .name = "exposure.urgent",
                                 .subject = contact.id.bytes,
                                 .who = join(*told, ",")});
    }
    const auto opened = parts_.contacts.open(draft, contact.id, who, now);
    return opened ? Result<void>() : std::unexpected(opened.error());
}

// What the scan finds is read once more: this command may have changed it.
Result<void> Switchboard::change_those_of(store::Draft& draft, const ContactId& id,
                                          const Change& change, Time now) {
    const auto all = agents(draft);
    if (!all) return std::unexpected(all.error());
    for (const PhoneAgent& one : *all) {
        const bool concerned = (one.ringing && one.ringing->contact == id) ||
                               (one.talking && one.talking->contact == id);
        if (!concerned) continue;
        const auto now_there = agent(draft, one.name);
        if (!now_there) return std::unexpected(now_there.error());
        auto after = change(*now_there);
        if (after == *now_there) continue;
        if (const auto saved = save(draft, after, now); !saved) return saved;
    }
    return {};
}

Result<void> Switchboard::line_closed(store::Draft& draft, const ContactId& id, Time now) {
    {
        const std::lock_guard lock(mutex_);
        asked_.erase(id);
    }
    return change_those_of(
        draft, id,
        [&](PhoneAgent agent) {
            if (agent.ringing && agent.ringing->contact == id) agent.ringing.reset();
            return agent.talking && agent.talking->contact == id
                       ? casework::hung_up(std::move(agent), now)
                       : agent;
        },
        now);
}

Result<void> Switchboard::refused(store::Draft& draft, const ContactId& id, Wanted what,
                                  const std::string& reason, Time now) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const char* mark = what == Wanted::act     ? "call_act_failed"
                       : reason == "no_answer" ? "callback_failed"
                                               : "call_not_connected";
    if (const auto noted = parts_.contacts.note_mark(draft, id, contact->instance, mark, now);
        !noted)
        return noted;
    parts_.feed.emit(draft, {.at = now,
                             .name = "contact.call_refused",
                             .subject = id.bytes,
                             .peer = contact->instance,
                             .who = contact->opened_by});
    return change_those_of(
        draft, id,
        [&](PhoneAgent agent) {
            if (agent.ringing && agent.ringing->contact == id) agent.ringing.reset();
            if (what == Wanted::connection && agent.talking && agent.talking->contact == id)
                return casework::hung_up(std::move(agent), now);
            return agent;
        },
        now);
}

Result<void> Switchboard::follow(store::Draft& draft, const Contact& contact,
                                 const ContactEvent& event, Time now) {
    if (contact.channel != channel) return {};
    if (event.kind == ContactEventKind::returned) return draft.del(callbacks_.table, contact.id);
    if (event.kind == ContactEventKind::noticed) {
        // Who leaves a message or a wish to be called back is about to hang up.
        if (event.reason.starts_with("voice_message") || event.reason.starts_with("callback_")) {
            const std::lock_guard lock(mutex_);
            asked_.erase(contact.id);
        }
        if (event.reason != "callback_failed") return {};
        return change_those_of(
            draft, contact.id,
            [&](PhoneAgent agent) {
                return agent.talking && agent.talking->contact == contact.id
                           ? casework::hung_up(std::move(agent), now)
                           : agent;
            },
            now);
    }
    const bool over =
        event.kind == ContactEventKind::ended || event.kind == ContactEventKind::released;
    if (!over && event.kind != ContactEventKind::opened) return {};
    return change_those_of(
        draft, contact.id,
        [&](PhoneAgent agent) {
            const bool theirs = agent.name == contact.opened_by;
            const bool rings = agent.ringing && agent.ringing->contact == contact.id;
            if (rings && !theirs && !agent.ringing->handed_over) agent.ringing.reset();
            if (rings && event.kind == ContactEventKind::ended) agent.ringing.reset();
            return over && agent.talking && agent.talking->contact == contact.id
                       ? casework::wrapped_up(std::move(agent), now)
                       : agent;
        },
        now);
}

}  // namespace sanad::api
