// The part of Service that is about referrals between nodes.
#include "core/api/clock_views.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/casework/disclosure.h"

namespace sanad::api {

using casework::ReferralRecord;
using casework::ReferralRequest;
using casework::Side;

namespace {

std::string side_name(Side side) { return side == Side::asker ? "asker" : "asked"; }

void fill_fields(schema::api::RequestView::Builder out, const ReferralRequest& request,
                 const casework::Taxonomies& taxonomies) {
    const auto fields = casework::disclosed_fields(request);
    auto list = out.initFields(static_cast<unsigned>(fields.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        std::string joined;
        for (const auto& value : fields[i].values) joined += (joined.empty() ? "" : ", ") + value;
        list[i].setName(text(fields[i].name));
        list[i].setValue(text(joined));
        list[i].setLabel(text(casework::label_of(fields[i], taxonomies, "en")));
    }
}

void fill_referral(schema::api::ReferralView::Builder out, const ReferralRecord& record,
                   const NodeId& self, const casework::Clocks& clocks, Time now) {
    const auto view = casework::view_of(record);
    const NodeId& asker = record.side == Side::asker ? self : record.peer;
    const NodeId& asked = record.side == Side::asked ? self : record.peer;
    out.setId(text(format(record.id)));
    out.setPeer(text(record.peer.text));
    out.setSide(text(side_name(record.side)));
    out.setState(text(std::string(casework::name(view.state))));
    out.setUrgency(text(std::string(casework::name(record.urgency))));
    out.setKind(text(record.kind));
    if (!record.case_id.empty()) out.setCase(text(format(record.case_id)));
    out.setCaseCode(text(record.case_code));
    out.setCreatedAt(text(format_time(record.created_at)));
    std::vector<std::string> owners;
    if (view.asker_responsible) owners.push_back(asker.text);
    if (view.asked_responsible) owners.push_back(asked.text);
    fill_texts(out.initOwners(static_cast<unsigned>(owners.size())), owners);
    out.setEventsAsker(view.asker_events);
    out.setEventsAsked(view.asked_events);
    const auto clock = casework::clock_of(record, now);
    if (const auto due = casework::next_look(clocks, record, now))
        out.setDueAt(text(format_time(*due)));
    const auto deadlines = casework::deadlines(clocks.referral, record.urgency, clock);
    auto list = out.initClocks(static_cast<unsigned>(deadlines.size()));
    for (unsigned i = 0; i < list.size(); ++i) fill_deadline(list[i], deadlines[i]);
    if (!record.next.empty()) out.setNext(text(format(record.next)));
    if (!record.previous.empty()) out.setPrevious(text(format(record.previous)));
}

}  // namespace

Result<void> Service::referral_list(Context& context, In, Out reply) {
    const auto records = parts_.referrals.list(context.from, list_items_max);
    if (!records) return std::unexpected(records.error());
    auto out = reply.initReferrals(static_cast<unsigned>(records->size()));
    for (unsigned i = 0; i < out.size(); ++i)
        fill_referral(out[i], (*records)[i], parts_.self, parts_.clocks, context.now);
    for (unsigned i = 0; i < out.size(); ++i)
        if (const auto erasure = parts_.erasures.find(context.from, (*records)[i].id))
            out[i].setState(text(std::string(casework::name(erasure->state))));
    return {};
}

Result<void> Service::referral_show(Context& context, In request, Out reply) {
    const auto id = context.about<ReferralId>(from_text(request.getReferralShow()));
    if (!id) return std::unexpected(id.error());
    const auto record = own_referral(context, *id);
    if (!record && record.error().fault == Fault::not_found &&
        parts_.erasures.find(context.from, *id))
        return fail(Fault::expired, "erased");
    if (!record) return std::unexpected(record.error());
    auto out = reply.initReferral();
    fill_referral(out, *record, parts_.self, parts_.clocks, context.now);
    if (const auto erasure = parts_.erasures.find(context.from, *id))
        out.setState(text(std::string(casework::name(erasure->state))));

    struct Line {
        casework::ReferralMessage message;
        Side writer;
        bool receipted;
    };
    std::vector<Line> lines;
    for (const Side writer : {Side::asker, Side::asked}) {
        const auto& marks = writer == Side::asker ? record->asker : record->asked;
        for (std::uint32_t index = 0; index < marks.size(); ++index) {
            auto message = parts_.referrals.message(context.from, *record, writer, index);
            if (!message) return std::unexpected(message.error());
            const auto place = parts_.referrals.place(context.from, *record, writer, index);
            if (!place) return std::unexpected(place.error());
            const auto end = parts_.referrals.logs().end(context.from, place->lane);
            if (!end) return std::unexpected(end.error());
            const bool ours = place->lane.direction == federation::Direction::out;
            lines.push_back(
                {std::move(*message), writer, !ours || end->receipted.size() > place->index});
        }
    }
    std::ranges::stable_sort(lines, {}, [](const Line& line) { return line.message.at; });
    const NodeId& asker = record->side == Side::asker ? parts_.self : record->peer;
    const NodeId& asked = record->side == Side::asked ? parts_.self : record->peer;
    auto timeline = out.initTimeline(static_cast<unsigned>(lines.size()));
    for (unsigned i = 0; i < timeline.size(); ++i) {
        const auto& [message, writer, receipted] = lines[i];
        timeline[i].setAt(text(format_time(message.at)));
        timeline[i].setWho(text(writer == Side::asker ? asker.text : asked.text));
        timeline[i].setWhat(text(std::string(casework::name(message.kind))));
        timeline[i].setReason(text(message.reason));
        timeline[i].setText(text(message.text));
        timeline[i].setReceipt(receipted ? "receipted" : "pending");
        if (message.request) fill_fields(out.initRequest(), *message.request, parts_.taxonomies);
    }
    return {};
}

Result<void> Service::referral_move(Context& context, In request, Out reply) {
    const auto in = request.getReferralMove();
    const auto id = context.about<ReferralId>(from_text(in.getReferral()));
    if (!id) return std::unexpected(id.error());
    const auto kind = casework::referral_event_kind_from(from_text(in.getMove()));
    if (!kind) return std::unexpected(kind.error());
    // What is erased is said by an entry of its own, which outlives the referral's key.
    using Kind = casework::ReferralEventKind;
    if (*kind == Kind::erase || *kind == Kind::erased || *kind == Kind::held)
        return fail(Fault::unsupported, "move");
    if (const auto own = own_referral(context, *id); !own) return std::unexpected(own.error());
    context.reason = from_text(in.getMove());
    const auto record = parts_.referrals.move(*context.draft, *id, *kind, from_text(in.getReason()),
                                              from_text(in.getText()), context.now);
    if (!record) return std::unexpected(record.error());
    auto done = reply.initDone();
    done.setId(text(format(record->id)));
    done.setState(text(std::string(casework::name(casework::view_of(*record).state))));
    return {};
}

}  // namespace sanad::api
