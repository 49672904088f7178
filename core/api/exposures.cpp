#include "core/api/exposures.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::api {

using casework::ContactEventKind;
using casework::ContactState;
using casework::Exposure;
using casework::Urgency;

namespace {

Bytes encode(const Exposure& exposure) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ExposureRecord>();
    out.setDay(exposure.day);
    out.setTodayMs(exposure.today.count());
    out.setStretchMs(exposure.stretch.count());
    out.setSinceMs(exposure.since.ms);
    out.setRestsSinceMs(exposure.rests_since.ms);
    out.setBreakSinceMs(exposure.break_since.ms);
    out.setTalkAskedAtMs(exposure.talk_asked_at.ms);
    out.setLentMs(exposure.lent.count());
    auto contacts = out.initContacts(static_cast<unsigned>(exposure.contacts.size()));
    unsigned i = 0;
    for (const auto& contact : exposure.contacts) contacts.set(i++, to_data(contact));
    return flatten(builder);
}

Result<Exposure> decode(ByteView bytes) {
    return read_message<schema::ExposureRecord>(bytes, [](auto in) -> Result<Exposure> {
        Exposure exposure{.day = in.getDay(),
                          .today = Duration(in.getTodayMs()),
                          .stretch = Duration(in.getStretchMs()),
                          .since = {in.getSinceMs()},
                          .rests_since = {in.getRestsSinceMs()},
                          .break_since = {in.getBreakSinceMs()},
                          .talk_asked_at = {in.getTalkAskedAtMs()},
                          .lent = Duration(in.getLentMs()),
                          .contacts = {}};
        for (const auto contact : in.getContacts()) {
            const auto id = id_from<ContactId>(from_data(contact));
            if (!id) return std::unexpected(id.error());
            exposure.contacts.insert(*id);
        }
        return exposure;
    });
}

}  // namespace

std::optional<ExposureSign> exposure_sign_from(std::string_view word) {
    constexpr std::array<std::string_view, 5> words{"break_begin", "break_end", "talk_ask",
                                                    "talked", "lend"};
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return {};
    return static_cast<ExposureSign>(found - words.begin());
}

Result<std::unique_ptr<Exposures>> Exposures::open(store::Store& store, Parts parts) {
    auto exposures = std::make_unique<Exposures>(parts);
    auto people = store::Records::open_table(store, "exposure");
    if (!people) return std::unexpected(people.error());
    auto contacts = store::Records::open_table(store, "contact.exposed");
    if (!contacts) return std::unexpected(contacts.error());
    exposures->people_ = std::move(*people);
    exposures->contacts_ = std::move(*contacts);
    return exposures;
}

Result<Exposure> Exposures::stored(store::Snapshot& from, const std::string& who) {
    const auto bytes = parts_.records.get(from, people_, bytes_of(who));
    if (!bytes) return std::unexpected(bytes.error());
    return *bytes ? decode(**bytes) : Exposure{};
}

Result<Exposure> Exposures::find(store::Snapshot& from, const std::string& who, Time now) {
    auto exposure = stored(from, who);
    if (!exposure) return exposure;
    return casework::at(std::move(*exposure), parts_.rules, now);
}

Result<void> Exposures::save(store::Draft& draft, const std::string& who,
                             const Exposure& exposure) {
    if (casework::is_nothing(exposure)) return draft.del(people_.table, bytes_of(who));
    return parts_.records.put(draft, people_, bytes_of(who), store::node_key_id, encode(exposure));
}

Result<std::set<std::string>> Exposures::people_in(store::Snapshot& from,
                                                   const ContactId& contact) {
    const auto bytes = parts_.records.get(from, contacts_, contact);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::set<std::string>{};
    return read_message<schema::ExposedRecord>(**bytes,
                                               [](auto in) -> Result<std::set<std::string>> {
                                                   std::set<std::string> people;
                                                   for (const auto name : in.getPeople())
                                                       people.insert(from_text(name));
                                                   return people;
                                               });
}

Result<Exposures::Room> Exposures::room_for(store::Snapshot& from, const casework::Contact& contact,
                                            const std::string& who, Time now) {
    const auto severe = is_severe(from, contact);
    if (!severe) return std::unexpected(severe.error());
    if (!*severe) return Room::enough;
    const auto exposure = find(from, who, now);
    if (!exposure) return std::unexpected(exposure.error());
    if (!casework::is_over(*exposure, rules())) return Room::enough;
    const auto level = parts_.hints.effective(from, contact);
    if (!level) return std::unexpected(level.error());
    return *level == casework::Urgency::u0 ? Room::in_danger : Room::none;
}

Result<bool> Exposures::is_severe(store::Snapshot& from, const casework::Contact& contact) {
    const auto level = parts_.hints.effective(from, contact);
    if (!level) return std::unexpected(level.error());
    if (*level == Urgency::u0 || *level == Urgency::u1) return true;
    return parts_.hints.has_severe(from, contact.id);
}

Result<void> Exposures::follow(store::Draft& draft, const casework::Contact& contact,
                               const casework::ContactEvent& event, Time now) {
    if (event.kind == ContactEventKind::child_message) return {};
    if (event.kind != ContactEventKind::staff_message) {
        std::set<std::string> people;
        // What the node itself says to who waits is read by nobody.
        if (contact.state == ContactState::open && contact.opened_by != "node") {
            const auto severe = is_severe(draft, contact);
            if (!severe) return std::unexpected(severe.error());
            if (*severe) {
                people.insert(contact.joined.begin(), contact.joined.end());
                people.insert(contact.opened_by);
            }
        }
        return count_for(draft, contact.id, people, now);
    }
    // Whoever answers is there: their minutes go on from now.
    const auto exposure = stored(draft, event.actor);
    if (!exposure) return std::unexpected(exposure.error());
    if (exposure->since == Time{}) return {};
    return save(draft, event.actor, casework::at(*exposure, parts_.rules, now));
}

Result<void> Exposures::follow(store::Draft& draft, const ContactId& id, Time now) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    return follow(draft, *contact, {}, now);
}

Result<void> Exposures::forget(store::Draft& draft, const ContactId& contact, Time now) {
    return count_for(draft, contact, {}, now);
}

Result<void> Exposures::count_for(store::Draft& draft, const ContactId& contact,
                                  const std::set<std::string>& people, Time now) {
    const auto before = people_in(draft, contact);
    if (!before) return std::unexpected(before.error());
    if (*before == people) return {};
    std::set<std::string> all = *before;
    all.insert(people.begin(), people.end());
    for (const auto& who : all) {
        if (before->contains(who) == people.contains(who)) continue;
        const auto exposure = stored(draft, who);
        if (!exposure) return std::unexpected(exposure.error());
        const auto saved =
            save(draft, who,
                 people.contains(who) ? casework::entered(*exposure, contact, parts_.rules, now)
                                      : casework::left(*exposure, contact, parts_.rules, now));
        if (!saved) return saved;
    }
    parts_.feed.emit(draft, {.at = now, .name = "exposure.changed"});
    if (people.empty()) return draft.del(contacts_.table, contact);
    capnp::MallocMessageBuilder builder;
    auto list =
        builder.initRoot<schema::ExposedRecord>().initPeople(static_cast<unsigned>(people.size()));
    unsigned i = 0;
    for (const auto& who : people) list.set(i++, to_text(who));
    return parts_.records.put(draft, contacts_, contact, key_of(contact), flatten(builder));
}

Result<void> Exposures::mark(store::Draft& draft, const std::string& who, ExposureSign sign,
                             std::uint32_t minutes, Time now) {
    auto exposure = find(draft, who, now);
    if (!exposure) return std::unexpected(exposure.error());
    switch (sign) {
        case ExposureSign::break_begin:
            exposure = casework::begin_break(*exposure, parts_.rules, now);
            break;
        case ExposureSign::break_end:
            exposure = casework::end_break(*exposure, parts_.rules, now);
            break;
        case ExposureSign::talk_ask:
            if (exposure->talk_asked_at == Time{}) exposure->talk_asked_at = now;
            break;
        case ExposureSign::talked:
            exposure->talk_asked_at = {};
            break;
        case ExposureSign::lend:
            if (minutes < 1 || minutes > lend_minutes_max) return fail(Fault::invalid, "minutes");
            exposure->lent += std::chrono::minutes(minutes);
            if (exposure->lent > parts_.rules.lent) return fail(Fault::exhausted, "lent");
            break;
    }
    parts_.feed.emit(draft, {.at = now, .name = "exposure.changed"});
    return save(draft, who, *exposure);
}

}  // namespace sanad::api
