// The part of Service that looks after who answers: how long they have worked on severe content.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/base/join.h"

#include <algorithm>

namespace sanad::api {

using casework::Contact;
using casework::Exposure;

namespace {

std::uint32_t minutes(Duration duration) {
    return static_cast<std::uint32_t>(
        std::max<std::int64_t>(std::chrono::floor<std::chrono::minutes>(duration).count(), 0));
}

void fill_exposure(schema::api::ExposureView::Builder out, const std::string& who,
                   const Exposure& exposure, const casework::ExposureRules& rules) {
    out.setWho(text(who));
    out.setTodayMinutes(minutes(exposure.today));
    out.setBudgetMinutes(minutes(rules.day + exposure.lent));
    out.setStretchMinutes(minutes(exposure.stretch));
    out.setStretchMaxMinutes(minutes(rules.stretch));
    out.setOnBreak(exposure.break_since != Time{});
    out.setTalkAsked(exposure.talk_asked_at != Time{});
    out.setOver(casework::is_over(exposure, rules));
    out.setLent(minutes(exposure.lent));
}

}  // namespace

Result<void> Service::may_be_given(Context& context, const Contact& contact,
                                   const std::string& who) {
    const auto room = parts_.exposures.room_for(context.from, contact, who, context.now);
    if (!room) return std::unexpected(room.error());
    if (*room == Exposures::Room::none) return fail(Fault::denied, "exposure_over");
    if (*room == Exposures::Room::enough) return {};
    const auto told = parts_.accounts.supervisors(context.from);
    if (!told) return std::unexpected(told.error());
    parts_.feed.emit(*context.draft, {.at = context.now,
                                      .name = "exposure.urgent",
                                      .subject = contact.id.bytes,
                                      .who = join(*told, ",")});
    return {};
}

// Their own to everybody, each to who supervises.
Result<void> Service::exposure_show(Context& context, In, Out reply) {
    std::vector<std::string> names{context.actor.name};
    if (is_supervisor(context.actor)) {
        const auto accounts = parts_.accounts.list(context.from);
        if (!accounts) return std::unexpected(accounts.error());
        for (const Account& account : *accounts)
            if (account.active && account.name != context.actor.name &&
                check_role({account.name, account.roles}, {Role::volunteer}))
                names.push_back(account.name);
    }
    auto out = reply.initExposures(static_cast<unsigned>(names.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto exposure = parts_.exposures.find(context.from, names[i], context.now);
        if (!exposure) return std::unexpected(exposure.error());
        fill_exposure(out[i], names[i], *exposure, parts_.exposures.rules());
    }
    return {};
}

Result<void> Service::exposure_mark(Context& context, In request, Out reply) {
    const auto in = request.getExposureMark();
    const std::string word = from_text(in.getWhat());
    const auto sign = exposure_sign_from(word);
    if (!sign) return fail(Fault::invalid, "what");
    const std::string named = from_text(in.getWho());
    const std::string who = named.empty() ? context.actor.name : named;
    const bool about_self = who == context.actor.name;
    const bool by_supervisor = *sign == ExposureSign::lend || *sign == ExposureSign::talked;
    if ((by_supervisor || !about_self) && !is_supervisor(context.actor))
        return fail(Fault::denied, "role_missing");
    if (!by_supervisor && !about_self) return fail(Fault::denied, "their_own");
    if (const auto member = staff_member(who); !member) return std::unexpected(member.error());
    context.reason = word + " " + who;
    const auto above = parts_.accounts.supervisors(context.from);
    if (!above) return std::unexpected(above.error());
    // Who supervises alone must be able to go on: nobody else is there to lend.
    if (*sign == ExposureSign::lend && about_self &&
        std::ranges::any_of(*above, [&](const std::string& other) {
            return other != who && parts_.sessions.has(other, context.now);
        }))
        return fail(Fault::denied, "second_person");
    const auto marked =
        parts_.exposures.mark(*context.draft, who, *sign, in.getMinutes(), context.now);
    if (!marked) return marked;
    if (*sign == ExposureSign::talk_ask)
        parts_.feed.emit(
            *context.draft,
            {.at = context.now, .name = "exposure.talk_asked", .who = join(*above, ",")});
    reply.initDone().setId(text(who));
    return {};
}

}  // namespace sanad::api
