// The part of Service that tells the next shift what it must know: numbers, names of staff, codes
// and clocks. Nothing that a person wrote, and no sentence about one.
#include "core/api/case_reply.h"
#include "core/api/clock_views.h"
#include "core/api/contact_reply.h"
#include "core/api/directory_reply.h"
#include "core/api/override_reply.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::CaseFile;
using casework::Contact;
using casework::ContactState;
using casework::Urgency;

namespace {

constexpr std::uint32_t hours_max = 72;
constexpr std::uint32_t looked_at_max = 2'000;  // contacts, cases: the newest
constexpr std::uint32_t first_events = 30;      // in which one that was picked up was
constexpr Duration clocks_within = std::chrono::hours(24);

bool is_pressing(const CaseFile& file, Time from) {
    if (file.status == casework::CaseStatus::closed) return false;
    return file.urgency == Urgency::u0 || file.urgency == Urgency::u1 || file.updated_at >= from;
}

}  // namespace

Result<void> Service::handover_show(Context& context, In request, Out reply) {
    const std::uint32_t hours = request.getHandoverShow();
    if (hours < 1 || hours > hours_max) return fail(Fault::invalid, "hours");
    const Time from = context.now - std::chrono::hours(hours);
    auto out = reply.initHandover();
    out.setFrom(text(format_time(from)));
    out.setUntil(text(format_time(context.now)));
    if (const auto filled = hand_over_contacts(context, from, out); !filled) return filled;

    auto cases = parts_.cases.list(context.from, looked_at_max);
    if (!cases) return std::unexpected(cases.error());
    std::erase_if(*cases, [&](const CaseFile& file) { return !is_pressing(file, from); });
    std::ranges::stable_sort(*cases, {}, [](const CaseFile& file) {
        return file.urgency == Urgency::none ? Urgency::u3 : file.urgency;
    });
    if (cases->size() > list_items_max) cases->resize(list_items_max);
    auto files = out.initCases(static_cast<unsigned>(cases->size()));
    for (unsigned i = 0; i < files.size(); ++i) {
        fill_case_head(files[i], (*cases)[i]);
        files[i].setHasSafetyPlan((*cases)[i].has_safety_plan);
    }

    const auto referrals = parts_.referrals.list(context.from, list_items_max);
    if (!referrals) return std::unexpected(referrals.error());
    const auto escalations = parts_.escalations.list(context.from, list_items_max);
    if (!escalations) return std::unexpected(escalations.error());
    auto lines = clock_lines(*referrals, *escalations, parts_.clocks, context.now);
    std::erase_if(lines, [&](const ClockLine& line) {
        return line.deadline.stands_still || line.deadline.due - context.now > clocks_within;
    });
    if (lines.size() > list_items_max) lines.resize(list_items_max);
    auto clocks = out.initClocks(static_cast<unsigned>(lines.size()));
    for (unsigned i = 0; i < clocks.size(); ++i) fill_clock(clocks[i], lines[i]);

    auto waiting = parts_.overrides.list(context.from, list_items_max);
    if (!waiting) return std::unexpected(waiting.error());
    std::erase_if(*waiting,
                  [](const Override& one) { return one.state != OverrideState::pending; });
    auto undecided = out.initOverrides(static_cast<unsigned>(waiting->size()));
    for (unsigned i = 0; i < undecided.size(); ++i) fill_override_head(undecided[i], (*waiting)[i]);

    const auto codes = health_codes(context);
    if (!codes) return std::unexpected(codes.error());
    fill_texts(out.initHealth(static_cast<unsigned>(codes->size())), *codes);
    return {};
}

Result<void> Service::hand_over_contacts(Context& context, Time from,
                                         schema::api::HandoverView::Builder out) {
    const auto newest = parts_.contacts.list(context.from, looked_at_max);
    if (!newest) return std::unexpected(newest.error());
    std::uint32_t arrived = 0, ended = 0;
    Duration longest{0};
    for (const Contact& contact : *newest) {
        ended += contact.state == ContactState::ended && contact.updated_at >= from ? 1U : 0U;
        if (contact.created_at < from) continue;
        ++arrived;
        const auto events = parts_.contacts.events(context.from, contact.id, 0, first_events);
        if (!events) return std::unexpected(events.error());
        if (const auto picked_up = casework::picked_up_at(*events))
            longest = std::max(longest, *picked_up - contact.created_at);
    }
    const auto view = parts_.board.view(0, list_items_max, context.now);
    if (!view) return std::unexpected(view.error());
    longest = std::max(longest, view->longest);
    out.setArrived(arrived);
    out.setEnded(ended);
    out.setLongestWaitMs(static_cast<std::uint64_t>(std::max<std::int64_t>(longest.count(), 0)));
    const auto fill = [](schema::api::ContactView::Builder one, const Board::Entry& entry) {
        fill_contact(one, entry.contact);
        one.setHintUrgency(text(std::string(casework::name(entry.suggested))));
    };
    auto waiting = out.initWaiting(static_cast<unsigned>(view->places.size()));
    for (unsigned i = 0; i < waiting.size(); ++i) fill(waiting[i], *view->places[i].entry);
    auto open = out.initOpen(static_cast<unsigned>(view->open.size()));
    for (unsigned i = 0; i < open.size(); ++i) fill(open[i], *view->open[i].first);
    return {};
}

// Each is a code and, behind a space, what it is about.
Result<std::vector<std::string>> Service::health_codes(Context& context) {
    std::vector<std::string> codes;
    if (const auto condition = parts_.engine.condition(); !condition)
        codes.push_back(std::string("fault ") + sanad::name(condition.error().fault));
    const auto directory = parts_.directories.current();
    if (federation::is_clock_wrong(*directory, context.now))
        codes.push_back("clock_wrong " + time_or_nothing(directory->floor));
    const std::string state =
        directory_state_name(*directory, parts_.directories.grace(), context.now);
    if (state != "valid") codes.push_back("directory_" + state);
    const auto checked = parts_.witness.book().checked(context.from);
    if (!checked) return std::unexpected(checked.error());
    if (*checked && !(*checked)->bad.empty())
        codes.push_back("audit_bad entry " + std::to_string((*checked)->bad_index));
    const auto alarms = parts_.witness.book().alarms(context.from, list_items_max);
    if (!alarms) return std::unexpected(alarms.error());
    const auto loud = std::ranges::count_if(
        *alarms, [](const auto& alarm) { return alarm.acknowledged_by.empty(); });
    if (loud > 0) codes.push_back("audit_alarms " + std::to_string(loud));
    for (const auto& plugin : parts_.node.facts().plugins) {
        static constexpr std::array<std::string_view, 4> broken{"quarantined", "failed", "crashed",
                                                                "hung"};
        if (std::ranges::find(broken, plugin.state) != broken.end() || plugin.health == "failed")
            codes.push_back("plugin " + plugin.instance);
        const auto items = parts_.outbox.read(context.from, plugin.instance, 0, list_items_max);
        if (!items) return std::unexpected(items.error());
        if (std::ranges::any_of(*items, &store::OutboxItem::dead))
            codes.push_back("dead_letters " + plugin.instance);
    }
    for (const auto& link : parts_.node.links()) {
        if (!link.frozen.empty())
            codes.push_back("link_frozen " + link.peer.text);
        else if (!link.up)
            codes.push_back("link_down " + link.peer.text);
    }
    return codes;
}

}  // namespace sanad::api
