#include "core/api/hints.h"

#include "core/api/contacts.h"
#include "core/api/reply_text.h"

#include <algorithm>

namespace sanad::api {

using casework::Hint;
using casework::Urgency;

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t hint_fixed_bytes = 1 + 1 + 8 + 4 + 4;  // before the kind

Bytes hint_key(const ContactId& contact, std::uint32_t number) {
    Bytes key(contact.bytes.begin(), contact.bytes.end());
    append_big_endian(key, number);
    return key;
}

Bytes write_hint(const Hint& hint, std::uint64_t seq) {
    Bytes bytes{version, static_cast<std::uint8_t>(hint.level)};
    append_big_endian(bytes, seq);
    append_big_endian(bytes, hint.first);
    append_big_endian(bytes, hint.length);
    append(bytes, bytes_of(hint.kind));
    return bytes;
}

Result<Urgency> level_from(std::uint8_t number) {
    if (number < static_cast<std::uint8_t>(Urgency::u0) ||
        number > static_cast<std::uint8_t>(Urgency::u4))
        return fail(Fault::malformed, "level of a hint");
    return static_cast<Urgency>(number);
}

Result<Hints::Kept> read_hint(ByteView bytes) {
    if (bytes.size() < hint_fixed_bytes || bytes[0] != version)
        return fail(Fault::malformed, "hint");
    const auto level = level_from(bytes[1]);
    if (!level) return std::unexpected(level.error());
    Hints::Kept kept;
    kept.hint.level = *level;
    kept.seq = read_big_endian<std::uint64_t>(bytes.subspan(2));
    kept.hint.first = read_big_endian<std::uint32_t>(bytes.subspan(10));
    kept.hint.length = read_big_endian<std::uint32_t>(bytes.subspan(14));
    const auto kind = bytes.subspan(hint_fixed_bytes);
    kept.hint.kind.assign(kind.begin(), kind.end());
    return kept;
}

}  // namespace

/// Of one contact: each kind that was noticed, up to which message, and what was said of it.
struct Hints::Summary {
    struct Kind {
        std::string id;
        Urgency level = Urgency::none;
        std::uint64_t newest = 0;         // message
        std::uint64_t right_through = 0;  // 0: not said
        std::uint64_t wrong_through = 0;

        bool stands() const { return newest > wrong_through; }
    };
    std::uint32_t rows = 0;
    std::vector<Kind> kinds;

    Urgency level() const {
        Urgency most = Urgency::none;
        for (const auto& kind : kinds)
            if (kind.stands()) most = casework::more_urgent(most, kind.level);
        return most;
    }

    Kind* find(std::string_view id) {
        const auto found = std::ranges::find(kinds, id, &Kind::id);
        return found == kinds.end() ? nullptr : &*found;
    }

    Bytes write() const {
        Bytes bytes{version};
        append_big_endian(bytes, rows);
        for (const auto& kind : kinds) {
            bytes.push_back(static_cast<std::uint8_t>(kind.id.size()));
            append(bytes, bytes_of(kind.id));
            bytes.push_back(static_cast<std::uint8_t>(kind.level));
            for (const auto number : {kind.newest, kind.right_through, kind.wrong_through})
                append_big_endian(bytes, number);
        }
        return bytes;
    }

    static Result<Summary> read(ByteView bytes) {
        if (bytes.size() < 5 || bytes[0] != version) return fail(Fault::malformed, "hints");
        Summary summary{.rows = read_big_endian<std::uint32_t>(bytes.subspan(1)), .kinds = {}};
        for (auto rest = bytes.subspan(5); !rest.empty();) {
            const std::size_t size = rest[0];
            if (rest.size() < 1 + size + 25) return fail(Fault::malformed, "hints");
            Kind kind;
            kind.id.assign(rest.begin() + 1, rest.begin() + 1 + std::ptrdiff_t(size));
            rest = rest.subspan(1 + size);
            const auto level = level_from(rest[0]);
            if (!level) return std::unexpected(level.error());
            kind.level = *level;
            kind.newest = read_big_endian<std::uint64_t>(rest.subspan(1));
            kind.right_through = read_big_endian<std::uint64_t>(rest.subspan(9));
            kind.wrong_through = read_big_endian<std::uint64_t>(rest.subspan(17));
            rest = rest.subspan(25);
            summary.kinds.push_back(std::move(kind));
        }
        return summary;
    }
};

Result<std::unique_ptr<Hints>> Hints::open(store::Store& store, Parts parts) {
    auto hints = std::make_unique<Hints>(parts);
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&hints->hints_, "contact.hint"},
        {&hints->summaries_, "contact.hinted"},
        {&hints->verdicts_, "hint.verdict"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return hints;
}

std::vector<Hint> Hints::notice(std::string_view text) const {
    return casework::hints(text, parts_.lexicon);
}

Result<void> Hints::keep(store::Draft& draft, const casework::Contact& contact, std::uint64_t seq,
                         std::span<const Hint> noticed, Time now) {
    if (noticed.empty()) return {};
    auto known = summary(draft, contact.id);
    if (!known) return std::unexpected(known.error());
    const auto before = casework::more_urgent(contact.urgency, known->level());
    for (const auto& hint : noticed) {
        auto* kind = known->find(hint.kind);
        if (kind == nullptr) {
            known->kinds.push_back({.id = hint.kind});
            kind = &known->kinds.back();
        }
        kind->level = hint.level;  // as the lexicon has it now
        kind->newest = seq;
        if (known->rows == contact_hints_max) continue;
        const auto written = parts_.records.put(draft, hints_, hint_key(contact.id, known->rows++),
                                                key_of(contact.id), write_hint(hint, seq));
        if (!written) return written;
    }
    const auto after = casework::more_urgent(contact.urgency, known->level());
    if (after != before)
        parts_.feed.emit(draft, {.at = now,
                                 .name = "contact.hint",
                                 .subject = contact.id.bytes,
                                 .peer = contact.instance,
                                 .number = seq});
    return save(draft, contact.id, *known, now);
}

Result<void> Hints::judge(store::Draft& draft, const ContactId& contact, std::string_view kind_id,
                          Verdict verdict, Time now) {
    auto known = summary(draft, contact);
    if (!known) return std::unexpected(known.error());
    auto* kind = known->find(kind_id);
    if (kind == nullptr) return fail(Fault::not_found, "hint");
    const bool was_right = kind->right_through == kind->newest;
    const bool was_wrong = kind->wrong_through == kind->newest;
    const bool right = verdict == Verdict::right;
    if (right ? was_right : was_wrong) return {};
    kind->right_through = right ? kind->newest : 0;
    kind->wrong_through = right ? 0 : kind->newest;
    const auto counted =
        count(draft, kind_id, right ? 1 : -int(was_right), right ? -int(was_wrong) : 1);
    if (!counted) return counted;
    parts_.feed.emit(draft, {.at = now, .name = "contact.hint_judged", .subject = contact.bytes});
    return save(draft, contact, *known, now);
}

Result<void> Hints::save(store::Draft& draft, const ContactId& contact, const Summary& summary,
                         Time now) {
    const auto kept =
        parts_.records.put(draft, summaries_, contact, key_of(contact), summary.write());
    if (!kept || !changed_) return kept;
    return changed_(draft, contact, now);
}

Result<void> Hints::count(store::Draft& draft, std::string_view kind, int right, int wrong) {
    const auto before = parts_.records.get(draft, verdicts_, bytes_of(kind));
    if (!before) return std::unexpected(before.error());
    Verdicts counts;
    if (*before) {
        if ((*before)->size() != 16) return fail(Fault::malformed, "verdicts");
        counts.right = read_big_endian<std::uint64_t>(**before);
        counts.wrong = read_big_endian<std::uint64_t>(ByteView(**before).subspan(8));
    }
    Bytes bytes;
    append_big_endian(bytes, counts.right + static_cast<std::uint64_t>(right));
    append_big_endian(bytes, counts.wrong + static_cast<std::uint64_t>(wrong));
    return parts_.records.put(draft, verdicts_, bytes_of(kind), store::node_key_id, bytes);
}

Result<Hints::Summary> Hints::summary(store::Snapshot& from, const ContactId& contact) {
    const auto bytes = parts_.records.get(from, summaries_, contact);
    if (!bytes) return std::unexpected(bytes.error());
    return *bytes ? Summary::read(**bytes) : Summary{};
}

Result<Urgency> Hints::suggested(store::Snapshot& from, const ContactId& contact) {
    const auto known = summary(from, contact);
    if (!known) return std::unexpected(known.error());
    return known->level();
}

Result<bool> Hints::has_severe(store::Snapshot& from, const ContactId& contact) {
    const auto known = summary(from, contact);
    if (!known) return std::unexpected(known.error());
    return std::ranges::any_of(known->kinds, [&](const Summary::Kind& kind) {
        const auto* listed = parts_.lexicon.find(kind.id);
        return kind.stands() && listed != nullptr && listed->severe;
    });
}

Result<Urgency> Hints::effective(store::Snapshot& from, const casework::Contact& contact) {
    const auto hinted = suggested(from, contact.id);
    if (!hinted) return hinted;
    return casework::more_urgent(contact.urgency, *hinted);
}

Result<std::vector<Hints::Kept>> Hints::of(store::Snapshot& from, const ContactId& contact) {
    auto known = summary(from, contact);
    if (!known) return std::unexpected(known.error());
    if (known->kinds.empty()) return std::vector<Kept>{};
    auto kept =
        parts_.records.collect(from, hints_, hint_key(contact, 0), store::after_prefix(contact),
                               store::Order::ascending, contact_hints_max, read_hint);
    if (!kept) return kept;
    std::erase_if(*kept, [&](const auto& one) {
        const auto* kind = known->find(one.hint.kind);
        return kind != nullptr && one.seq <= kind->wrong_through;
    });
    return kept;
}

Result<std::map<std::string, Hints::Verdicts>> Hints::verdicts(store::Snapshot& from) {
    std::map<std::string, Verdicts> counts;
    const auto scanned = parts_.records.scan(
        from, verdicts_, {}, {}, store::Order::ascending, casework::hint_kinds_max,
        [&](ByteView key, const Bytes& plain, ByteView) {
            if (plain.size() == 16)
                counts[std::string(key.begin(), key.end())] = {
                    read_big_endian<std::uint64_t>(plain),
                    read_big_endian<std::uint64_t>(ByteView(plain).subspan(8))};
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    return counts;
}

namespace {

void fill_labels(schema::api::HintView::Builder out, const casework::HintKind& kind) {
    auto labels = out.initLabel(3);
    const std::pair<const char*, const std::string*> languages[] = {
        {"en", &kind.english}, {"fr", &kind.french}, {"ar", &kind.arabic}};
    for (unsigned i = 0; i < labels.size(); ++i) {
        labels[i].setLanguage(languages[i].first);
        labels[i].setText(text(*languages[i].second));
    }
}

/// The bytes of the message that were noticed; nothing when they are not there.
Result<std::string> words_of(Contacts& contacts, store::Snapshot& from, const ContactId& contact,
                             const Hints::Kept& kept) {
    const auto events = contacts.events(from, contact, static_cast<std::uint32_t>(kept.seq), 1);
    if (!events) return std::unexpected(events.error());
    if (events->empty() || events->front().text.size() < kept.hint.first) return std::string();
    return events->front().text.substr(kept.hint.first, kept.hint.length);
}

}  // namespace

void fill_noticed(schema::api::ContactView::Builder out, Urgency suggested,
                  std::span<const Hints::Kept> kept, const casework::Lexicon& lexicon) {
    out.setHintUrgency(text(std::string(casework::name(suggested))));
    auto views = out.initHints(static_cast<unsigned>(kept.size()));
    for (unsigned i = 0; i < views.size(); ++i) {
        const auto& one = kept[i];
        auto view = views[i];
        view.setId(text(one.hint.kind));
        view.setUrgency(text(std::string(casework::name(one.hint.level))));
        view.setSeq(one.seq);
        view.setFirst(one.hint.first);
        view.setLength(one.hint.length);
        if (const auto* kind = lexicon.find(one.hint.kind)) fill_labels(view, *kind);
    }
}

Result<void> fill_hints(schema::api::ContactView::Builder out, Hints& hints, Contacts& contacts,
                        store::Snapshot& from, const ContactId& contact, HintWords words) {
    const auto level = hints.suggested(from, contact);
    if (!level) return std::unexpected(level.error());
    std::vector<Hints::Kept> kept;
    if (*level != Urgency::none) {
        auto found = hints.of(from, contact);
        if (!found) return std::unexpected(found.error());
        kept = std::move(*found);
    }
    fill_noticed(out, *level, kept, hints.lexicon());
    if (words == HintWords::without) return {};
    for (unsigned i = 0; i < kept.size(); ++i) {
        const auto noticed = words_of(contacts, from, contact, kept[i]);
        if (!noticed) return std::unexpected(noticed.error());
        out.getHints()[i].setWords(text(*noticed));
    }
    return {};
}

}  // namespace sanad::api
