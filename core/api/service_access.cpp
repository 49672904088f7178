// The part of Service that decides whose a case and a conversation are, and opens them to somebody
// else in need.
#include "core/api/reply_text.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::CaseFile;
using casework::Contact;
using casework::ContactState;

namespace {}  // namespace

Result<bool> Service::may_open(Context& context, const CaseFile& file) {
    const Actor& actor = context.actor;
    if (is_supervisor(actor) || casework::works_on(file, actor.name)) return true;
    return parts_.break_glass.is_open(context.from, file.id, actor.name, context.now);
}

Result<bool> Service::may_open(Context& context, const Contact& contact) {
    const Actor& actor = context.actor;
    // Whoever waits is everybody's, whoever is talked with their counsellor's.
    if (is_supervisor(actor) || contact.state == ContactState::waiting ||
        contact.opened_by == actor.name)
        return true;
    if (!contact.case_id.empty() && check_role(actor, {Role::counsellor})) {
        const auto file = parts_.cases.find(context.from, contact.case_id);
        if (!file && file.error().fault != Fault::not_found) return std::unexpected(file.error());
        if (file)
            if (const auto may = may_open(context, *file); !may || *may) return may;
    }
    // A colleague who was asked for advice reads what it is about, while it goes on.
    if (contact.state != ContactState::open) return false;
    const auto notes = parts_.contacts.notes(context.from, contact.id);
    if (!notes) return std::unexpected(notes.error());
    return std::ranges::find(*notes, actor.name, &Contacts::Note::to) != notes->end();
}

Result<CaseFile> Service::own_case(Context& context, const CaseId& id) {
    auto file = parts_.cases.find(context.from, id);
    if (!file) return file;
    const auto may = may_open(context, *file);
    if (!may) return std::unexpected(may.error());
    if (!*may) return fail(Fault::denied, "case_not_yours");
    return file;
}

Result<void> Service::check_contact(Context& context, const Contact& contact) {
    const auto may = may_open(context, contact);
    if (!may) return std::unexpected(may.error());
    return *may ? Result<void>() : fail(Fault::denied, "not_yours");
}

Result<void> Service::check_case(Context& context, const CaseId& id) {
    if (id.empty()) return {};
    const auto file = own_case(context, id);
    return file ? Result<void>() : std::unexpected(file.error());
}

Result<casework::ReferralRecord> Service::own_referral(Context& context, const ReferralId& id) {
    auto record = parts_.referrals.find(context.from, id);
    if (!record) return record;
    if (const auto may = check_case(context, record->case_id); !may)
        return std::unexpected(may.error());
    return record;
}

Result<void> Service::case_share(Context& context, In request, Out reply) {
    const auto in = request.getCaseShare();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    if (const auto own = own_case(context, *id); !own) return std::unexpected(own.error());
    casework::CaseEvent event;
    event.kind = in.getEnd() ? casework::CaseEventKind::unshared : casework::CaseEventKind::shared;
    event.actor = context.actor.name;
    event.text = from_text(in.getWith());
    if (!in.getEnd()) {
        const auto colleague = staff_member(event.text);
        if (!colleague) return std::unexpected(colleague.error());
        if (!check_role(*colleague, {Role::counsellor})) return fail(Fault::denied, "role_missing");
    }
    const auto file = parts_.cases.say(*context.draft, *id, std::move(event), context.now);
    if (!file) return std::unexpected(file.error());
    reply.initDone().setId(text(format(*id)));
    return {};
}

Result<void> Service::glass_break(Context& context, In request, Out reply) {
    const auto in = request.getGlassBreak();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    const auto file = parts_.cases.find(context.from, *id);
    if (!file) return std::unexpected(file.error());
    const auto may = may_open(context, *file);
    if (!may) return std::unexpected(may.error());
    if (*may) return fail(Fault::conflict, "glass");
    const auto glass = parts_.break_glass.break_it(*context.draft, *id, context.actor.name,
                                                   from_text(in.getReason()), context.now);
    if (!glass) return std::unexpected(glass.error());
    auto done = reply.initDone();
    done.setId(text(format(*id)));
    done.setState("open");
    done.setCode(text(file->code));
    done.setNote(text("open until " + format_time(glass->until) + "; the supervisors are told"));
    return {};
}

void Service::fill_glasses(capnp::List<schema::api::GlassView>::Builder out,
                           const std::vector<Glass>& glasses, store::Snapshot& from) {
    for (unsigned i = 0; i < out.size(); ++i) {
        const Glass& glass = glasses[i];
        out[i].setCase(text(format(glass.case_id)));
        if (const auto file = parts_.cases.find(from, glass.case_id))
            out[i].setCode(text(file->code));
        out[i].setBy(text(glass.by));
        out[i].setAt(text(format_time(glass.at)));
        out[i].setUntil(text(format_time(glass.until)));
        out[i].setReason(text(glass.reason));
    }
}

Result<void> Service::glass_list(Context& context, In, Out reply) {
    const auto glasses = parts_.break_glass.list(context.from, list_items_max);
    if (!glasses) return std::unexpected(glasses.error());
    fill_glasses(reply.initGlasses(static_cast<unsigned>(glasses->size())), *glasses, context.from);
    return {};
}

Result<void> Service::partner_list(Context&, In, Out reply) {
    const auto& partners = parts_.partners;
    const auto plugins = parts_.node.facts().plugins;
    auto out = reply.initPartners(static_cast<unsigned>(partners.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        out[i].setId(text(partners[i].id));
        out[i].setInstance(text(partners[i].instance));
        auto names = out[i].initName(static_cast<unsigned>(partners[i].name.size()));
        unsigned at = 0;
        for (const auto& [language, name] : partners[i].name) {
            names[at].setLanguage(text(language));
            names[at++].setText(text(name));
        }
        const auto plugin =
            std::ranges::find(plugins, partners[i].instance, &NodeControl::Plugin::instance);
        if (plugin != plugins.end()) out[i].setState(text(plugin->state));
    }
    return {};
}

}  // namespace sanad::api
