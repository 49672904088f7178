// The part of Service that is about duty rosters and night cover.
#include "core/api/clock_views.h"
#include "core/api/reply_text.h"
#include "core/api/roster_text.h"
#include "core/api/service.h"

namespace sanad::api {
namespace {

void fill_done(schema::api::Done::Builder out, const ContactId& contact,
               const Cover::Offer& offer) {
    const bool goes_on = offer.answer == CoverAnswer::go_on;
    out.setId(text(goes_on ? format(offer.referral) : format(contact)));
    out.setState(
        text(offer.answer == CoverAnswer::none ? "offered" : std::string(name(offer.answer))));
    out.setCode(text(offer.node.text));
}

}  // namespace

Result<void> Service::roster_publish(Context& context, In request, Out reply) {
    auto roster = roster_from(request.getRosterPublish());
    if (!roster) return std::unexpected(roster.error());
    const auto published = parts_.rosters.publish(*context.draft, *parts_.peers.current(),
                                                  std::move(*roster), context.now);
    if (!published) return std::unexpected(published.error());
    auto done = reply.initDone();
    done.setId(text(parts_.self.text));
    done.setState(text("published"));
    done.setCode(text(std::to_string(published->number)));
    return {};
}

Result<void> Service::roster_list(Context& context, In, Out reply) {
    const auto kept = parts_.rosters.list(context.from);
    if (!kept) return std::unexpected(kept.error());
    auto out = reply.initRosters(static_cast<unsigned>(kept->size()));
    for (unsigned i = 0; i < out.size(); ++i)
        fill_roster(out[i], (*kept)[i].node, (*kept)[i].roster, context.now);
    return {};
}

Result<void> Service::cover_choices(Context& context, In request, Out reply) {
    const auto id = parse_id<ContactId>(from_text(request.getCoverChoices()));
    if (!id) return std::unexpected(id.error());
    const auto ranked = parts_.cover.choices(context.from, *id, context.now);
    if (!ranked) return std::unexpected(ranked.error());
    auto out = reply.initChoices(static_cast<unsigned>(ranked->size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_choice(out[i], (*ranked)[i]);
    return {};
}

Result<void> Service::cover_offer(Context& context, In request, Out reply) {
    const auto id = context.about<ContactId>(from_text(request.getCoverOffer()));
    if (!id) return std::unexpected(id.error());
    const auto offer = parts_.cover.offer(*context.draft, *id, context.now);
    if (!offer) return std::unexpected(offer.error());
    fill_done(reply.initDone(), *id, *offer);
    return {};
}

Result<void> Service::cover_answer(Context& context, In request, Out reply) {
    const auto in = request.getCoverAnswer();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    context.reason = from_text(in.getAnswer());
    const auto answer = cover_answer_from(context.reason);
    if (!answer) return std::unexpected(answer.error());
    const auto offer = parts_.cover.answer(*context.draft, *id, *answer, context.now);
    if (!offer) return std::unexpected(offer.error());
    fill_done(reply.initDone(), *id, *offer);
    return {};
}

}  // namespace sanad::api
