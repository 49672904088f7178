#include "core/casework/case.h"

#include "core/base/text.h"
#include "core/casework/request.h"

#include <algorithm>

namespace sanad::casework {
namespace {

using Kind = CaseEventKind;
using Status = CaseStatus;

constexpr std::array<std::string_view, 8> status_names{
    "",       "open",    "in_progress", "waiting_child", "waiting_partner", "supervisor_review",
    "closed", "reopened"};

bool is_working(Status status) {
    return status >= Status::in_progress && status <= Status::supervisor_review;
}

/// What may happen in which status: a closed case takes notes and contacts, and can be opened
/// again.
bool is_open_to(Status status, Kind kind) {
    if (status == Status::none) return kind == Kind::opened;
    if (kind == Kind::opened) return false;
    if (status == Status::closed)
        return kind == Kind::note || kind == Kind::contact_added || kind == Kind::reopened;
    return kind != Kind::reopened;
}

bool is_link(Kind kind) {
    return kind == Kind::contact_added || kind == Kind::consent || kind == Kind::referral ||
           kind == Kind::escalation;
}

template <typename AnyId>
Result<void> check_link(const std::vector<AnyId>& links,
                        const std::array<std::uint8_t, 16>& subject) {
    const AnyId id{subject};
    if (id.empty()) return fail(Fault::invalid, "subject");
    if (std::ranges::find(links, id) != links.end()) return fail(Fault::conflict, "subject");
    if (links.size() >= case_links_max) return fail(Fault::exhausted, "links");
    return {};
}

Result<void> check_links(const CaseFile& file, const CaseEvent& event) {
    switch (event.kind) {
        case Kind::contact_added:
            return check_link(file.contacts, event.subject);
        case Kind::consent:
            return check_link(file.consents, event.subject);
        case Kind::referral:
            return check_link(file.referrals, event.subject);
        case Kind::escalation:
            return check_link(file.escalations, event.subject);
        default:
            return {};
    }
}

Result<void> check_sharing(const CaseFile& file, const CaseEvent& event) {
    const bool there = std::ranges::find(file.shared_with, event.text) != file.shared_with.end();
    if (event.kind == Kind::unshared)
        return there ? Result<void>() : fail(Fault::not_found, "colleague");
    if (there || event.text == file.assigned_to) return fail(Fault::conflict, "colleague");
    if (file.shared_with.size() >= case_colleagues_max) return fail(Fault::exhausted, "colleagues");
    return {};
}

Result<void> check_reason(const CaseFile& file, const CaseEvent& event,
                          const Taxonomies& taxonomies) {
    switch (event.kind) {
        case Kind::closed:
            if (!taxonomies.contains("case-close", event.reason))
                return fail(Fault::unsupported, "reason");
            if (is_emergency(file.urgency) && !file.has_safety_plan)
                return fail(Fault::denied, "safety_plan_missing");
            return {};
        case Kind::action:
            if (!taxonomies.contains("contact-action", event.reason))
                return fail(Fault::unsupported, "reason");
            return {};
        case Kind::reopened:
            if (event.reason.empty()) return fail(Fault::denied, "reason_missing");
            return check_prose(event.reason, short_text_bytes_max);
        default:
            if (event.reason.empty()) return {};
            return check_prose(event.reason, short_text_bytes_max);
    }
}

bool names_a_colleague(Kind kind) {
    return kind == Kind::assigned || kind == Kind::shared || kind == Kind::unshared;
}

Result<void> check_text(const CaseEvent& event) {
    if (event.kind == Kind::note || event.kind == Kind::safety_plan)
        return check_prose(event.text, note_bytes_max);
    if (names_a_colleague(event.kind)) return check_label(event.text, actor_bytes_max);
    if (!event.text.empty()) return fail(Fault::invalid, "text");
    return {};
}

Result<void> check_change(const CaseFile& file, const CaseEvent& event) {
    if (event.kind == Kind::status) {
        if (!is_working(event.status)) return fail(Fault::invalid, "status");
        if (event.status == file.status) return fail(Fault::denied, "not_in_this_state");
    }
    if (event.kind == Kind::shared || event.kind == Kind::unshared)
        return check_sharing(file, event);
    if (event.kind == Kind::urgency) {
        const auto actor = event.actor == "node" ? Actor::machine : Actor::person;
        return check_urgency_change(file.urgency, event.urgency, actor, event.reason);
    }
    return {};
}

void add_link(CaseFile& file, const CaseEvent& event) {
    switch (event.kind) {
        case Kind::contact_added:
            file.contacts.push_back({event.subject});
            break;
        case Kind::consent:
            file.consents.push_back({event.subject});
            break;
        case Kind::referral:
            file.referrals.push_back({event.subject});
            break;
        case Kind::escalation:
            file.escalations.push_back({event.subject});
            break;
        default:
            break;
    }
}

}  // namespace

std::string_view name(CaseStatus status) {
    const auto place = static_cast<std::size_t>(status);
    return place < status_names.size() ? status_names[place] : std::string_view{};
}

std::string_view name(CaseEventKind kind) {
    constexpr std::array<std::string_view, 17> names{
        "",        "opened",   "status",     "urgency", "note",        "assigned", "contact_added",
        "consent", "referral", "escalation", "details", "safety_plan", "closed",   "reopened",
        "action",  "shared",   "unshared"};
    const auto place = static_cast<std::size_t>(kind);
    return place < names.size() ? names[place] : std::string_view{};
}

Result<CaseStatus> case_status_from(std::string_view id) {
    const auto found = std::ranges::find(status_names, id);
    if (id.empty() || found == status_names.end()) return fail(Fault::unsupported, "status");
    return static_cast<CaseStatus>(found - status_names.begin());
}

Result<CaseFile> open_case(const Contact& contact, CaseId id, std::string code,
                           std::string_view actor, Time now) {
    if (!contact.case_id.empty()) return fail(Fault::conflict, "contact");
    if (const auto checked = check_label(code, case_code_bytes_max); !checked)
        return fail(checked.error().fault, "code");
    if (const auto checked = check_label(actor, actor_bytes_max); !checked)
        return fail(checked.error().fault, "actor");
    CaseFile file;
    file.id = id;
    file.code = std::move(code);
    file.urgency = contact.urgency == Urgency::none ? Urgency::u3 : contact.urgency;
    file.assigned_to = std::string(actor);
    file.languages = contact.languages;
    file.age_band = contact.age_band;
    file.contacts = {contact.id};
    CaseEvent opened;
    opened.at = now;
    opened.kind = Kind::opened;
    opened.actor = file.assigned_to;
    return apply(std::move(file), opened);
}

Result<void> check_event(const CaseFile& file, const CaseEvent& event,
                         const Taxonomies& taxonomies) {
    if (file.events >= case_events_max) return fail(Fault::exhausted, "events");
    if (name(event.kind).empty()) return fail(Fault::unsupported, "kind");
    if (!is_open_to(file.status, event.kind)) return fail(Fault::denied, "not_in_this_state");
    if (const auto actor = check_label(event.actor, actor_bytes_max); !actor)
        return fail(actor.error().fault, "actor");
    if (const auto links = check_links(file, event); !links) return links;
    if (const auto change = check_change(file, event); !change) return change;
    if (const auto reason = check_reason(file, event, taxonomies); !reason) return reason;
    return check_text(event);
}

CaseFile apply(CaseFile file, const CaseEvent& event) {
    file.updated_at = event.at;
    ++file.events;
    if (is_link(event.kind)) add_link(file, event);
    switch (event.kind) {
        case Kind::opened:
            file.status = Status::open;
            file.created_at = event.at;
            break;
        case Kind::status:
            file.status = event.status;
            break;
        case Kind::urgency:
            file.urgency = event.urgency;
            break;
        case Kind::assigned:
            file.assigned_to = event.text;
            std::erase(file.shared_with, event.text);
            break;
        case Kind::shared:
            file.shared_with.push_back(event.text);
            break;
        case Kind::unshared:
            std::erase(file.shared_with, event.text);
            break;
        case Kind::safety_plan:
            file.has_safety_plan = true;
            break;
        case Kind::closed:
            file.status = Status::closed;
            file.close_reason = event.reason;
            break;
        case Kind::reopened:
            file.status = Status::reopened;
            file.close_reason.clear();
            break;
        default:
            break;
    }
    return file;
}

Result<void> check_details(const CaseFile& file, const Taxonomies& taxonomies) {
    if (file.reasons.size() > reasons_max) return fail(Fault::bad_size, "reasons");
    for (const auto& reason : file.reasons)
        if (!taxonomies.contains("chi-reasons", reason) &&
            !taxonomies.contains("online-harm", reason))
            return fail(Fault::unsupported, "reasons");
    if (!file.age_band.empty() && !taxonomies.contains("age-band", file.age_band))
        return fail(Fault::unsupported, "age_band");
    if (!file.gender.empty() && !taxonomies.contains("gender", file.gender))
        return fail(Fault::unsupported, "gender");
    if (file.languages.size() > list_items_max) return fail(Fault::bad_size, "languages");
    if (!std::ranges::all_of(file.languages, is_language_tag))
        return fail(Fault::malformed, "languages");
    return {};
}

bool works_on(const CaseFile& file, std::string_view who) {
    return file.assigned_to.empty() || file.assigned_to == who ||
           std::ranges::find(file.shared_with, who) != file.shared_with.end();
}

}  // namespace sanad::casework
