// The part of Service that is about quality: conversations that a supervisor looks at, by lot.
#include "core/api/reply_text.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {
namespace {

void fill_sample(schema::api::SampleView::Builder out, const Sample& sample) {
    out.setId(text(format(sample.contact)));
    out.setContact(text(format(sample.contact)));
    out.setWho(text(sample.who));
    out.setChannel(text(sample.channel));
    out.setEndedAt(text(format_time(sample.ended_at)));
    out.setDrawnAt(text(format_time(sample.drawn_at)));
    out.setDrawnBy(text(sample.drawn_by));
    out.setJudgedAt(text(time_or_nothing(sample.judged_at)));
    out.setJudgedBy(text(sample.judged_by));
    auto marks = out.initMarks(static_cast<unsigned>(sample.marks.size()));
    for (unsigned i = 0; i < marks.size(); ++i) {
        marks[i].setId(text(sample.marks[i].first));
        marks[i].setMark(sample.marks[i].second);
    }
    out.setNote(text(sample.note));
}

void fill_samples(schema::api::Reply::Builder reply, const std::vector<Sample>& samples) {
    auto out = reply.initSample(static_cast<unsigned>(samples.size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_sample(out[i], samples[i]);
}

}  // namespace

Result<void> Service::sample_draw(Context& context, In request, Out reply) {
    const auto in = request.getSampleDraw();
    const std::string who = from_text(in.getWho());
    if (!who.empty())
        if (const auto member = staff_member(who); !member) return std::unexpected(member.error());
    const auto drawn = parts_.samples.draw(*context.draft, in.getDays(), in.getCount(), who,
                                           context.actor.name, context.now);
    if (!drawn) return std::unexpected(drawn.error());
    context.reason = std::to_string(drawn->size()) + (who.empty() ? "" : " of " + who);
    fill_samples(reply, *drawn);
    return {};
}

// Who supervises sees all; everybody else what was said of their own conversations.
Result<void> Service::sample_list(Context& context, In, Out reply) {
    auto samples = parts_.samples.list(context.from, list_items_max);
    if (!samples) return std::unexpected(samples.error());
    if (!context.actor.roles.contains(Role::supervisor))
        std::erase_if(*samples, [&](const Sample& sample) {
            return sample.who != context.actor.name || sample.judged_at == Time{};
        });
    fill_samples(reply, *samples);
    return {};
}

Result<void> Service::sample_judge(Context& context, In request, Out reply) {
    const auto in = request.getSampleJudge();
    const auto id = context.about<ContactId>(from_text(in.getId()));
    if (!id) return std::unexpected(id.error());
    std::vector<std::pair<std::string, std::uint8_t>> marks;
    for (const auto mark : in.getMarks()) {
        if (marks.size() >= list_items_max || mark.getMark() > Samples::mark_max)
            return fail(Fault::invalid, "marks");
        marks.emplace_back(from_text(mark.getId()), static_cast<std::uint8_t>(mark.getMark()));
    }
    const auto judged =
        parts_.samples.judge(*context.draft, *id, std::move(marks), from_text(in.getNote()),
                             context.actor.name, context.now);
    if (!judged) return judged;
    reply.initDone().setId(text(format(*id)));
    return {};
}

}  // namespace sanad::api
