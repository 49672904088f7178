// The part of Service that is about telephones, calls, and files that came with a contact.
#include "core/api/contact_reply.h"
#include "core/api/service.h"

#include <algorithm>
#include <array>

namespace sanad::api {

using casework::PhoneAgent;

namespace {

void fill_phone(schema::api::PhoneView::Builder out, const Phone& phone, const Phones& phones) {
    out.setName(text(phone.name));
    out.setLabel(text(phone.label));
    out.setCreatedAt(text(format_time(phone.created_at)));
    out.setReachableAt(text(time_or_nothing(phones.reached_at(phone.name))));
}

template <typename List>
void fill_phones(List out, const std::vector<Phone>& list, const Phones& phones) {
    for (unsigned i = 0; i < out.size(); ++i) fill_phone(out[i], list[i], phones);
}

Result<CallAct> act_from(const std::string& word) {
    constexpr std::array<std::string_view, 8> words{"hang_up", "hold",    "resume",   "transfer",
                                                    "listen",  "whisper", "barge_in", "leave"};
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return fail(Fault::unsupported, "act");
    return static_cast<CallAct>(found - words.begin());
}

}  // namespace

Result<void> Service::phone_list(Context& context, In, Out reply) {
    const auto phones = parts_.phones.list(context.from, context.actor.name);
    if (!phones) return std::unexpected(phones.error());
    const auto agent = parts_.switchboard.agent(context.from, context.actor.name);
    if (!agent) return std::unexpected(agent.error());
    auto out = reply.initPhones();
    fill_phones(out.initPhones(static_cast<unsigned>(phones->size())), *phones, parts_.phones);
    out.setReady(agent->ready);
    out.setReason(text(agent->reason));
    out.setSince(text(time_or_nothing(agent->since)));
    out.setRealm(text(std::string(Phones::realm)));
    out.setServer(text(parts_.phone_server));
    return {};
}

Result<void> Service::phone_add(Context& context, In request, Out reply) {
    const auto made = parts_.phones.add(*context.draft, context.actor.name,
                                        from_text(request.getPhoneAdd()), context.now);
    if (!made) return std::unexpected(made.error());
    context.reason = made->name;
    auto out = reply.initPhoneMade();
    out.setName(text(made->name));
    out.setPassword(text(made->password));
    out.setRealm(text(std::string(Phones::realm)));
    out.setServer(text(parts_.phone_server));
    return {};
}

Result<void> Service::phone_remove(Context& context, In request, Out reply) {
    const std::string name = from_text(request.getPhoneRemove());
    const auto phones = parts_.phones.list(
        context.from, is_supervisor(context.actor) ? std::string() : context.actor.name);
    if (!phones) return std::unexpected(phones.error());
    if (std::ranges::find(*phones, name, &Phone::name) == phones->end())
        return fail(Fault::not_found, "phone");
    context.reason = name;
    if (const auto gone = parts_.phones.remove(*context.draft, name, context.now); !gone)
        return gone;
    reply.initDone().setId(text(name));
    return {};
}

Result<void> Service::phone_ready(Context& context, In request, Out reply) {
    const auto in = request.getPhoneReady();
    const std::string reason = from_text(in.getReason());
    const auto set = parts_.switchboard.set_ready(*context.draft, context.actor.name, in.getReady(),
                                                  reason, context.now);
    if (!set) return set;
    context.reason = in.getReady() ? "ready" : reason;
    auto done = reply.initDone();
    done.setId(text(context.actor.name));
    done.setState(in.getReady() ? "ready" : "paused");
    return {};
}

Result<void> Service::phone_board(Context& context, In, Out reply) {
    const auto phones = parts_.phones.list(context.from, {});
    if (!phones) return std::unexpected(phones.error());
    const auto accounts = parts_.accounts.list(context.from);
    if (!accounts) return std::unexpected(accounts.error());
    std::map<std::string, std::vector<Phone>> of;
    for (const Phone& phone : *phones) of[phone.owner].push_back(phone);
    std::vector<const Account*> shown;
    for (const Account& account : *accounts)
        if (account.active && of.contains(account.name)) shown.push_back(&account);
    auto out = reply.initPhoneBoard(static_cast<unsigned>(shown.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto agent = parts_.switchboard.agent(context.from, shown[i]->name);
        if (!agent) return std::unexpected(agent.error());
        const auto state = casework::state_of(*agent, parts_.switchboard.rules(), context.now);
        out[i].setWho(text(agent->name));
        out[i].setDisplayName(text(shown[i]->display_name));
        out[i].setState(text(std::string(casework::name(state))));
        out[i].setSince(text(time_or_nothing(casework::since(*agent, state))));
        if (state == casework::PhoneState::paused) out[i].setReason(text(agent->reason));
        const bool rings = state == casework::PhoneState::ringing;
        const bool talks =
            state == casework::PhoneState::talking || state == casework::PhoneState::after_call;
        if (rings || talks) {
            const auto& call = rings ? *agent->ringing : *agent->talking;
            out[i].setContact(text(format(call.contact)));
            out[i].setDevice(text(call.device));
        }
        const auto& list = of[agent->name];
        fill_phones(out[i].initPhones(static_cast<unsigned>(list.size())), list, parts_.phones);
    }
    return {};
}

Result<void> Service::contact_call(Context& context, In request, Out reply) {
    const auto in = request.getContactCall();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const auto contact = parts_.switchboard.call(*context.draft, *id, context.actor.name,
                                                 from_text(in.getDevice()), context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::call_control(Context& context, In request, Out reply) {
    const auto in = request.getCallControl();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const std::string word = from_text(in.getAct()), to = from_text(in.getTo());
    const auto act = act_from(word);
    if (!act) return std::unexpected(act.error());
    if (*act >= CallAct::listen && !is_supervisor(context.actor))
        return fail(Fault::denied, "role_missing");
    context.reason = word;
    if (*act == CallAct::transfer) {
        const auto colleague = staff_member(to);
        if (!colleague) return std::unexpected(colleague.error());
        if (!check_role(*colleague, {Role::volunteer})) return fail(Fault::denied, "role_missing");
        const auto contact = parts_.contacts.find(context.from, *id);
        if (!contact) return std::unexpected(contact.error());
        if (const auto may = may_be_given(context, *contact, to); !may) return may;
        context.reason += " " + to;
    }
    const auto contact =
        parts_.switchboard.control(*context.draft, *id, context.actor.name, *act, to, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

// The record says once that somebody opened a file: whoever has its first part may have the rest.
Result<void> Service::contact_file_read(Context& context, In request, Out reply) {
    const auto in = request.getContactFileRead();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const auto file = parse_uuid(from_text(in.getFile()));
    if (!file) return std::unexpected(file.error());
    const auto contact = parts_.contacts.find(context.from, *id);
    if (!contact) return std::unexpected(contact.error());
    if (const auto may = check_contact(context, *contact); !may) return may;
    if (context.draft == nullptr && !file_readers_.has(context.actor.name, *file, context.now))
        return fail(Fault::denied, "first_part_missing");
    const auto part = parts_.files.read(context.from, *id, *file, in.getPart());
    if (!part) return std::unexpected(part.error());
    if (context.draft != nullptr) {
        context.reason = format_uuid(*file);
        file_readers_.add(context.actor.name, *file, context.now);
    }
    auto out = reply.initFilePart();
    out.setBytes(to_data(part->bytes));
    out.setPart(in.getPart());
    out.setParts(part->file.parts);
    out.setWhole(part->file.whole);
    return {};
}

Result<void> Service::fill_files(store::Snapshot& from, const ContactId& id,
                                 schema::api::ContactView::Builder out) {
    const auto files = parts_.files.list(from, id);
    if (!files) return std::unexpected(files.error());
    auto list = out.initFiles(static_cast<unsigned>(files->size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        const auto& file = (*files)[i];
        list[i].setId(text(format_uuid(file.id)));
        list[i].setName(text(file.name));
        list[i].setMediaType(text(file.media_type));
        list[i].setBytes(file.bytes);
        list[i].setParts(file.parts);
        list[i].setWhole(file.whole);
        list[i].setAt(text(format_time(file.at)));
    }
    return {};
}

}  // namespace sanad::api
