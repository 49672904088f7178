#include "core/api/samples.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "schemas/records.capnp.h"

#include <algorithm>
#include <set>

namespace sanad::api {

using casework::ContactEventKind;
using casework::ContactState;

namespace {

constexpr std::uint32_t last_events = 8;  // in which the end of an ended contact is

Bytes encode(const Sample& sample) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::SampleRecord>();
    out.setWho(to_text(sample.who));
    out.setChannel(to_text(sample.channel));
    out.setEndedAtMs(sample.ended_at.ms);
    out.setDrawnAtMs(sample.drawn_at.ms);
    out.setDrawnBy(to_text(sample.drawn_by));
    out.setJudgedAtMs(sample.judged_at.ms);
    out.setJudgedBy(to_text(sample.judged_by));
    auto marks = out.initMarks(static_cast<unsigned>(sample.marks.size()));
    for (unsigned i = 0; i < marks.size(); ++i) {
        marks[i].setId(to_text(sample.marks[i].first));
        marks[i].setMark(sample.marks[i].second);
    }
    out.setNote(to_text(sample.note));
    return flatten(builder);
}

Result<Sample> decode(ByteView key, ByteView bytes) {
    const auto contact = id_from<ContactId>(key);
    if (!contact) return std::unexpected(contact.error());
    return read_message<schema::SampleRecord>(bytes, [&](auto in) -> Result<Sample> {
        Sample sample;
        sample.contact = *contact;
        sample.who = from_text(in.getWho());
        sample.channel = from_text(in.getChannel());
        sample.ended_at = {in.getEndedAtMs()};
        sample.drawn_at = {in.getDrawnAtMs()};
        sample.drawn_by = from_text(in.getDrawnBy());
        sample.judged_at = {in.getJudgedAtMs()};
        sample.judged_by = from_text(in.getJudgedBy());
        for (const auto mark : in.getMarks())
            sample.marks.emplace_back(from_text(mark.getId()), mark.getMark());
        sample.note = from_text(in.getNote());
        return sample;
    });
}

/// The smallest id of a contact that began then: ids begin with their time.
std::array<std::uint8_t, 16> first_id(Time time) {
    Bytes bytes;
    append_big_endian(bytes, static_cast<std::uint64_t>(std::max<std::int64_t>(time.ms, 0)) << 16U);
    std::array<std::uint8_t, 16> id{};
    std::ranges::copy(bytes, id.begin());
    return id;
}

}  // namespace

Result<std::unique_ptr<Samples>> Samples::open(store::Store& store, Parts parts) {
    auto samples = std::make_unique<Samples>(parts);
    auto table = store::Records::open_table(store, "sample");
    if (!table) return std::unexpected(table.error());
    samples->samples_ = std::move(*table);
    return samples;
}

std::size_t Samples::lot(std::size_t choices) {
    std::array<std::uint8_t, 8> random{};
    parts_.entropy.fill(random);
    return static_cast<std::size_t>(read_big_endian<std::uint64_t>(random) % choices);
}

Result<std::optional<Sample>> Samples::from_contact(store::Snapshot& from, const ContactId& id,
                                                    const std::string& who, Time since) {
    const auto contact = parts_.contacts.find(from, id);
    if (!contact && contact.error().fault == Fault::not_found) return std::nullopt;  // erased
    if (!contact) return std::unexpected(contact.error());
    if (contact->state != ContactState::ended || contact->opened_by.empty()) return std::nullopt;
    if (!who.empty() && contact->opened_by != who) return std::nullopt;
    const auto first = contact->events > last_events ? contact->events - last_events : 0;
    const auto events = parts_.contacts.events(from, id, first, last_events);
    if (!events) return std::unexpected(events.error());
    Sample sample;
    sample.contact = id;
    sample.who = contact->opened_by;
    sample.channel = contact->channel;
    sample.ended_at = contact->updated_at;
    for (const auto& event : *events)
        if (event.kind == ContactEventKind::ended) sample.ended_at = event.at;
    if (sample.ended_at < since) return std::nullopt;
    return sample;
}

Result<std::vector<Sample>> Samples::draw(store::Draft& draft, std::uint32_t days,
                                          std::uint32_t count, const std::string& who,
                                          const std::string& by, Time now) {
    if (days < 1 || days > days_max) return fail(Fault::invalid, "days");
    if (count < 1 || count > count_max) return fail(Fault::invalid, "count");
    const Time since = now - std::chrono::days(days);
    auto ids = parts_.contacts.ids(draft, first_id(since), drawn_from_max);
    if (!ids) return std::unexpected(ids.error());
    std::vector<Sample> drawn;
    const std::size_t looks = std::min<std::size_t>(ids->size(), looked_at_max);
    for (std::size_t i = 0; i < looks && drawn.size() < count; ++i) {
        std::swap((*ids)[i], (*ids)[i + lot(ids->size() - i)]);
        const ContactId id{(*ids)[i]};
        auto sample = from_contact(draft, id, who, since);
        if (!sample) return std::unexpected(sample.error());
        if (!*sample) continue;
        const auto before = find(draft, id);
        if (!before) return std::unexpected(before.error());
        if (*before) continue;
        (*sample)->drawn_at = now;
        (*sample)->drawn_by = by;
        if (const auto kept = save(draft, **sample); !kept) return std::unexpected(kept.error());
        drawn.push_back(std::move(**sample));
    }
    if (!drawn.empty()) parts_.feed.emit(draft, {.at = now, .name = "sample.drawn"});
    return drawn;
}

Result<void> Samples::judge(store::Draft& draft, const ContactId& contact,
                            std::vector<std::pair<std::string, std::uint8_t>> marks,
                            std::string note, const std::string& by, Time now) {
    auto sample = find(draft, contact);
    if (!sample) return std::unexpected(sample.error());
    if (!*sample) return fail(Fault::not_found, "sample");
    if ((*sample)->who == by) return fail(Fault::denied, "own_work");
    std::set<std::string_view> ids;
    for (const auto& [id, mark] : marks) {
        if (!parts_.taxonomies.contains("quality-marks", id))
            return fail(Fault::unsupported, "marks");
        if (mark < 1 || mark > mark_max || !ids.insert(id).second)
            return fail(Fault::invalid, "marks");
    }
    if (marks.empty()) return fail(Fault::invalid, "marks");
    if (!note.empty())
        if (const auto sound = check_prose(note, note_bytes_max); !sound) return sound;
    (*sample)->marks = std::move(marks);
    (*sample)->note = std::move(note);
    (*sample)->judged_by = by;
    (*sample)->judged_at = now;
    parts_.feed.emit(
        draft,
        {.at = now, .name = "sample.judged", .subject = contact.bytes, .who = (*sample)->who});
    return save(draft, **sample);
}

Result<std::vector<Sample>> Samples::list(store::Snapshot& from, std::uint32_t limit) {
    return parts_.records.collect(from, samples_, {}, {}, store::Order::descending, limit, decode);
}

Result<std::optional<Sample>> Samples::find(store::Snapshot& from, const ContactId& contact) {
    const auto bytes = parts_.records.get(from, samples_, contact);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    auto sample = decode(contact, **bytes);
    if (!sample) return std::unexpected(sample.error());
    return std::move(*sample);
}

Result<void> Samples::save(store::Draft& draft, const Sample& sample) {
    return parts_.records.put(draft, samples_, sample.contact, key_of(sample.contact),
                              encode(sample));
}

}  // namespace sanad::api
