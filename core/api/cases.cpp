#include "core/api/cases.h"

#include "core/base/encoding.h"
#include "core/store/search_index.h"

namespace sanad::api {

using casework::CaseEvent;
using casework::CaseEventKind;
using casework::CaseFile;

namespace {

Bytes event_key(const CaseId& id, std::uint32_t index) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append_big_endian(key, index);
    return key;
}

// A word that people can say on the telephone, and that says nothing about the child.
std::string make_code(Entropy& entropy) {
    constexpr std::string_view letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
    std::array<std::uint8_t, 8> random{};
    entropy.fill(random);
    std::string code;
    for (const auto byte : random) {
        if (code.size() == 4) code.push_back('-');
        code.push_back(letters[byte % letters.size()]);
    }
    return code;
}

}  // namespace

Result<std::unique_ptr<Cases>> Cases::open(store::Store& store, Parts parts) {
    auto cases = std::make_unique<Cases>(parts);
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&cases->cases_, "case"},
        {&cases->events_, "case.event"},
        {&cases->consents_, "consent"},
        {&cases->answers_, "case.answer"},
        {&cases->erasures_, "case.erasure"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return cases;
}

Result<CaseFile> Cases::open_from(store::Draft& draft, const ContactId& contact_id, Details details,
                                  const std::string& actor, Time now) {
    const auto contact = parts_.contacts.find(draft, contact_id);
    if (!contact) return std::unexpected(contact.error());
    auto file = casework::open_case(*contact, make_id<CaseId>(now, parts_.entropy),
                                    make_code(parts_.entropy), actor, now);
    if (!file) return file;
    if (details.urgency != casework::Urgency::none) file->urgency = details.urgency;
    if (!details.languages.empty()) file->languages = std::move(details.languages);
    if (!details.age_band.empty()) file->age_band = std::move(details.age_band);
    file->reasons = std::move(details.reasons);
    file->gender = std::move(details.gender);
    if (const auto sound = casework::check_details(*file, parts_.taxonomies); !sound)
        return std::unexpected(sound.error());
    if (const auto made = parts_.records.keyring().create(draft, key_of(file->id), parts_.entropy);
        !made)
        return std::unexpected(made.error());
    CaseEvent opened;
    opened.kind = CaseEventKind::opened;
    opened.actor = actor;
    opened.urgency = file->urgency;
    opened.subject = contact_id.bytes;
    if (const auto written = write(draft, *file, std::move(opened), now); !written)
        return std::unexpected(written.error());
    if (const auto linked = parts_.contacts.link(draft, contact_id, actor, file->id, now); !linked)
        return std::unexpected(linked.error());
    return file;
}

Result<CaseFile> Cases::change(store::Draft& draft, const CaseId& id, Details details,
                               const std::string& actor, Time now) {
    auto file = find(draft, id);
    if (!file) return file;
    CaseEvent event;
    event.kind = CaseEventKind::details;
    event.actor = actor;
    event.index = file->events;
    event.at = now;
    if (const auto allowed = casework::check_event(*file, event, parts_.taxonomies); !allowed)
        return std::unexpected(allowed.error());
    if (!details.reasons.empty()) file->reasons = std::move(details.reasons);
    if (!details.languages.empty()) file->languages = std::move(details.languages);
    if (!details.age_band.empty()) file->age_band = std::move(details.age_band);
    if (!details.gender.empty()) file->gender = std::move(details.gender);
    if (const auto sound = casework::check_details(*file, parts_.taxonomies); !sound)
        return std::unexpected(sound.error());
    if (const auto written = write(draft, *file, std::move(event), now); !written)
        return std::unexpected(written.error());
    return file;
}

Result<CaseFile> Cases::say(store::Draft& draft, const CaseId& id, CaseEvent event, Time now) {
    auto file = find(draft, id);
    if (!file) return file;
    event.index = file->events;
    event.at = now;
    if (const auto allowed = casework::check_event(*file, event, parts_.taxonomies); !allowed)
        return std::unexpected(allowed.error());
    if (const auto written = write(draft, *file, std::move(event), now); !written)
        return std::unexpected(written.error());
    return file;
}

Result<void> Cases::write(store::Draft& draft, CaseFile& file, CaseEvent event, Time now) {
    event.index = file.events;
    event.at = now;
    file = casework::apply(std::move(file), event);
    const auto written = parts_.records.put(draft, events_, event_key(file.id, event.index),
                                            key_of(file.id), casework::write_event(event));
    if (!written) return written;
    parts_.feed.emit(draft, {.at = now,
                             .name = std::string("case.") + std::string(casework::name(event.kind)),
                             .subject = file.id.bytes,
                             .number = event.index});
    const auto kept =
        parts_.records.put(draft, cases_, file.id, key_of(file.id), casework::write_record(file));
    if (!kept || !changed_) return kept;
    return changed_(draft, file, event);
}

Result<casework::Consent> Cases::record_consent(store::Draft& draft, casework::Consent consent,
                                                Time now) {
    consent.id = make_id<ConsentId>(now, parts_.entropy);
    consent.given_at = now;
    if (const auto sound = casework::check_consent(consent, parts_.taxonomies); !sound)
        return std::unexpected(sound.error());
    CaseEvent event;
    event.kind = CaseEventKind::consent;
    event.actor = consent.recorded_by;
    event.subject = consent.id.bytes;
    if (const auto said = say(draft, consent.case_id, std::move(event), now); !said)
        return std::unexpected(said.error());
    const auto written = parts_.records.put(draft, consents_, consent.id, key_of(consent.case_id),
                                            casework::write_record(consent));
    if (!written) return std::unexpected(written.error());
    return consent;
}

Result<CaseFile> Cases::find(store::Snapshot& from, const CaseId& id) {
    const auto bytes = parts_.records.get(from, cases_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "case");
    return casework::read_case(**bytes);
}

Result<std::vector<CaseFile>> Cases::list(store::Snapshot& from, std::uint32_t limit) {
    return parts_.records.collect(from, cases_, {}, {}, store::Order::descending, limit,
                                  casework::read_case);
}

Result<std::vector<std::array<std::uint8_t, 16>>> Cases::ids(
    store::Snapshot& from, const std::array<std::uint8_t, 16>& after, std::uint32_t limit) {
    return store::ids_behind(from, cases_.table, after, limit);
}

Result<std::vector<CaseEvent>> Cases::events(store::Snapshot& from, const CaseId& id) {
    return parts_.records.collect(from, events_, event_key(id, 0), store::after_prefix(id),
                                  store::Order::ascending, casework::case_events_max,
                                  casework::read_case_event);
}

Result<casework::Consent> Cases::consent(store::Snapshot& from, const CaseId& case_id,
                                         const ConsentId& id) {
    const auto bytes = parts_.records.get(from, consents_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "consent");
    auto consent = casework::read_consent(**bytes);
    if (consent && consent->case_id != case_id) return fail(Fault::not_found, "consent");
    return consent;
}

}  // namespace sanad::api
