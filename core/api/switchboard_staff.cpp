#include "core/api/switchboard.h"

#include <algorithm>

// The part of Switchboard that staff uses.
namespace sanad::api {

using casework::Contact;
using casework::ContactState;
using casework::PhoneAgent;
using casework::PhoneState;

Result<void> Switchboard::set_ready(store::Draft& draft, const std::string& who, bool ready,
                                    const std::string& reason, Time now) {
    const bool known = parts_.taxonomies.contains("phone-pause", reason);
    if (!ready && (!known || reason == "missed_calls")) return fail(Fault::unsupported, "reason");
    auto before = agent(draft, who);
    if (!before) return std::unexpected(before.error());
    return save(draft,
                ready ? casework::made_ready(std::move(*before), now)
                      : casework::paused(std::move(*before), reason, now),
                now);
}

Result<Phone> Switchboard::phone_of(store::Snapshot& from, const std::string& who,
                                    const std::string& device) {
    if (device.empty()) return parts_.phones.best(from, who);
    auto phone = parts_.phones.find(from, device);
    if (!phone) return std::unexpected(phone.error());
    if (!*phone || (*phone)->owner != who) return fail(Fault::not_found, "phone");
    return std::move(**phone);
}

// Who hung up before anybody answered, and asked for nothing, is not called: somebody else may be
// at that telephone, who must not learn of it.
Result<void> Switchboard::count_callback(store::Draft& draft, const Contact& contact) {
    if (std::ranges::find(contact.marks, "callback_wanted") == contact.marks.end())
        return fail(Fault::denied, "callback_unwanted");
    const auto before = parts_.records.get(draft, callbacks_, contact.id);
    if (!before) return std::unexpected(before.error());
    const std::uint32_t tries = *before ? read_big_endian<std::uint32_t>(**before) : 0;
    if (tries >= callback_tries_max) return fail(Fault::denied, "callbacks_used_up");
    Bytes count;
    append_big_endian(count, tries + 1);
    return parts_.records.put(draft, callbacks_, contact.id, key_of(contact.id), count);
}

Result<Contact> Switchboard::call(store::Draft& draft, const ContactId& id, const std::string& who,
                                  const std::string& device, Time now) {
    auto contact = parts_.contacts.find(draft, id);
    if (!contact) return contact;
    if (contact->channel != channel) return fail(Fault::denied, "not_by_phone");
    if (contact->state == ContactState::ended) return fail(Fault::denied, "not_in_this_state");
    if (contact->state == ContactState::open && contact->opened_by != who)
        return fail(Fault::denied, "not_yours");
    const auto phone = phone_of(draft, who, device);
    if (!phone) return std::unexpected(phone.error());
    const auto before = agent(draft, who);
    if (!before) return std::unexpected(before.error());
    const bool talks = casework::state_of(*before, rules(), now) == PhoneState::talking;
    if (talks) return fail(Fault::denied, "phone_busy");
    const auto others = agents(draft);
    if (!others) return std::unexpected(others.error());
    const bool waits =
        !on_line({id}, now).empty() || std::ranges::any_of(*others, [&](const PhoneAgent& one) {
            return casework::state_of(one, rules(), now) == PhoneState::ringing &&
                   one.ringing->contact == id;
        });
    if (!waits)
        if (const auto counted = count_callback(draft, *contact); !counted)
            return std::unexpected(counted.error());
    if (contact->state == ContactState::waiting) {
        if (const auto opened = open_for(draft, *contact, who, now); !opened)
            return std::unexpected(opened.error());
        contact = parts_.contacts.find(draft, id);
        if (!contact) return contact;
    }
    const auto now_there = agent(draft, who);
    if (!now_there) return std::unexpected(now_there.error());
    auto calls = casework::answered(*now_there, {id, phone->name, now, {}});
    calls.missed_in_row = now_there->missed_in_row;  // they have answered nothing yet
    if (const auto saved = save(draft, calls, now); !saved) return std::unexpected(saved.error());
    const auto reach = parts_.contacts.reach(draft, id);
    if (!reach) return std::unexpected(reach.error());
    if (const auto asked = parts_.outward.connect(draft, *contact, *reach, phone->name, now);
        !asked)
        return std::unexpected(asked.error());
    return contact;
}

Result<Contact> Switchboard::control(store::Draft& draft, const ContactId& id,
                                     const std::string& who, CallAct act, const std::string& to,
                                     Time now) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return contact;
    if (contact->channel != channel) return fail(Fault::denied, "not_by_phone");
    if (contact->state != ContactState::open) return fail(Fault::denied, "not_in_this_state");
    std::string device;
    if (act >= CallAct::listen) {
        if (contact->opened_by == who) return fail(Fault::denied, "not_yourself");
        const auto phone = phone_of(draft, who, to);
        if (!phone) return std::unexpected(phone.error());
        device = phone->name;
    } else if (contact->opened_by != who) {
        return fail(Fault::denied, "not_yours");
    }
    if (act == CallAct::transfer) {
        if (to == who) return fail(Fault::denied, "not_yourself");
        const auto phone = parts_.phones.best(draft, to);
        if (!phone) return std::unexpected(phone.error());
        device = phone->name;
        if (const auto rings = hand_over(draft, *contact, device, now); !rings)
            return std::unexpected(rings.error());
    }
    const auto reach = parts_.contacts.reach(draft, id);
    if (!reach) return std::unexpected(reach.error());
    if (const auto asked = parts_.outward.control(draft, *contact, *reach, act, device, now);
        !asked)
        return std::unexpected(asked.error());
    return contact;
}

// The colleague's place is kept as for a caller; a pause does not speak against being asked.
Result<void> Switchboard::hand_over(store::Draft& draft, const Contact& contact,
                                    const std::string& device, Time now) {
    const auto phone = parts_.phones.find(draft, device);
    if (!phone) return std::unexpected(phone.error());
    if (!*phone) return fail(Fault::not_found, "phone");
    auto colleague = agent(draft, (*phone)->owner);
    if (!colleague) return std::unexpected(colleague.error());
    const auto state = casework::state_of(*colleague, rules(), now);
    if (state == PhoneState::talking || state == PhoneState::ringing)
        return fail(Fault::denied, "phone_busy");
    return save(draft, casework::rung(std::move(*colleague), {contact.id, device, now, {}, true}),
                now);
}

}  // namespace sanad::api
