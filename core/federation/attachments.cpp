// The part of Attachments that decides and keeps.
#include "core/federation/attachments.h"

#include "core/trust/seal.h"

#include <algorithm>

namespace sanad::federation {

using casework::Media;
using casework::ReferralRecord;

namespace {

Bytes record_key(const ReferralId& referral, const AttachmentId& id) {
    Bytes key(referral.bytes.begin(), referral.bytes.end());
    append(key, id);
    return key;
}

Bytes chunk_key(const AttachmentId& id, std::uint32_t index) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append_big_endian(key, index);
    return key;
}

}  // namespace

Result<std::unique_ptr<Attachments>> Attachments::open(store::Store& store, Parts parts) {
    auto records = store::Records::open_table(store, "attachment");
    auto chunks = store::Records::open_table(store, "attachment.chunk");
    auto wanted = store::Records::open_table(store, "attachment.wanted");
    for (const auto* table : {&records, &chunks, &wanted})
        if (!*table) return std::unexpected(table->error());
    return std::make_unique<Attachments>(parts, std::move(*records), std::move(*chunks),
                                         std::move(*wanted));
}

Result<std::optional<Attachment>> Attachments::find(store::Snapshot& from,
                                                    const ReferralId& referral,
                                                    const AttachmentId& id) {
    const auto bytes = parts_.records.get(from, records_, record_key(referral, id));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<Attachment>();
    auto attachment = read_attachment(referral, **bytes);
    if (!attachment) return std::unexpected(attachment.error());
    attachment->manifest.id = id;
    return std::optional(std::move(*attachment));
}

Result<void> Attachments::save(store::Writer& writer, const Attachment& attachment) {
    return parts_.records.put(writer, records_,
                              record_key(attachment.referral, attachment.manifest.id),
                              key_of(attachment.referral), write_record(attachment));
}

Result<std::vector<Attachment>> Attachments::list(store::Snapshot& from,
                                                  const ReferralId& referral) {
    return parts_.records.collect(
        from, records_, referral, store::after_prefix(referral), store::Order::ascending,
        per_referral_max, [&](ByteView key, ByteView plain) {
            auto attachment = read_attachment(referral, plain);
            const auto id = id_from<AttachmentId>(key.subspan(referral.bytes.size()));
            if (attachment && id) attachment->manifest.id = *id;
            return attachment;
        });
}

Result<void> Attachments::check_room(store::Snapshot& from, const ReferralId& referral) {
    const auto there = list(from, referral);
    if (!there) return std::unexpected(there.error());
    if (there->size() >= per_referral_max) return fail(Fault::exhausted, "attachments_full");
    return {};
}

Result<Attachment> Attachments::add(store::Draft& draft, const ReferralId& referral,
                                    std::string_view name, ByteView content, Time now) {
    const auto record = parts_.referrals.find(draft, referral);
    if (!record) return std::unexpected(record.error());
    if (record->side != casework::Side::asker) return fail(Fault::denied, "wrong_side");
    if (casework::is_ended(casework::view_of(*record).state))
        return fail(Fault::denied, "already_ended");
    if (const auto room = check_room(draft, referral); !room) return std::unexpected(room.error());
    if (const auto known = parts_.logs.check_peer(record->peer); !known)
        return std::unexpected(known.error());
    if (const Media media = casework::media_of(content); media != Media::text)
        return note_refused(draft, *record, name, content, media, now);
    auto file = seal_file(referral, name, content, now, parts_.entropy);
    if (!file) return std::unexpected(file.error());
    Attachment attachment{.referral = referral,
                          .manifest = std::move(file->manifest),
                          .peer = record->peer,
                          .direction = Direction::out,
                          .at = now,
                          .refused = {}};
    for (std::uint32_t index = 0; index < file->chunks.size(); ++index) {
        const auto kept =
            parts_.records.put(draft, chunks_, chunk_key(attachment.manifest.id, index),
                               key_of(referral), file->chunks[index]);
        if (!kept) return std::unexpected(kept.error());
    }
    attachment.held = attachment.manifest.count();
    if (const auto saved = save(draft, attachment); !saved) return std::unexpected(saved.error());
    Body body{BodyKind::attachment, referral.bytes, write_manifest(attachment.manifest)};
    draft.then([this, peer = record->peer, referral, body = std::move(body),
                now](store::Transaction& transaction) -> Result<void> {
        // A file never stands before an urgent word.
        const auto index =
            parts_.logs.append(transaction, peer, Lane::normal, key_of(referral), body, now);
        if (!index) return std::unexpected(index.error());
        return {};
    });
    tell(draft, attachment, "attachment.added");
    return attachment;
}

// What was no text: nothing of its content stays.
Result<Attachment> Attachments::note_refused(store::Draft& draft, const ReferralRecord& record,
                                             std::string_view name, ByteView content, Media media,
                                             Time now) {
    Attachment attachment{.referral = record.id,
                          .manifest = {},
                          .peer = record.peer,
                          .direction = Direction::out,
                          .at = now,
                          .refused = std::string(casework::name(media))};
    attachment.manifest.id = make_id<AttachmentId>(now, parts_.entropy);
    attachment.manifest.name = name;
    attachment.manifest.bytes = static_cast<std::uint32_t>(content.size());
    attachment.manifest.sha256 = trust::sha256(content);
    if (const auto saved = save(draft, attachment); !saved) return std::unexpected(saved.error());
    parts_.counters.add("attachment.refused");
    tell(draft, attachment, "attachment.refused");
    return attachment;
}

Result<KeyId> Attachments::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto park = [&](std::string_view reason) {
        return parts_.parking.park(draft, entry, reason, now);
    };
    auto manifest = read_manifest(entry.body->payload);
    if (!manifest) return park(name(manifest.error().fault));
    const ReferralId referral{entry.body->subject};
    const auto record = parts_.referrals.find(draft, referral);
    if (!record && record.error().fault != Fault::not_found) return std::unexpected(record.error());
    // Somebody else's referral is to this peer as if it were not there.
    if (!record || record->peer != entry.lane.peer || record->side != casework::Side::asked)
        return park(name(Fault::not_found));
    if (const auto room = check_room(draft, referral); !room) {
        if (room.error().fault != Fault::exhausted) return std::unexpected(room.error());
        return park("limit");
    }
    const auto known = find(draft, referral, manifest->id);
    if (!known) return std::unexpected(known.error());
    if (*known) return park("repeated");
    const Attachment attachment{.referral = referral,
                                .manifest = std::move(*manifest),
                                .peer = entry.lane.peer,
                                .direction = Direction::in,
                                .at = now,
                                .refused = {},
                                .lane = entry.lane.lane,
                                .index = entry.index};
    if (const auto saved = save(draft, attachment); !saved) return std::unexpected(saved.error());
    const auto wanted =
        parts_.records.put(draft, wanted_, record_key(referral, attachment.manifest.id),
                           key_of(referral), bytes_of(attachment.peer.text));
    if (!wanted) return std::unexpected(wanted.error());
    tell(draft, attachment, "attachment.announced");
    return key_of(referral);
}

Result<KeyId> Attachments::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    auto manifest = read_manifest(entry.body->payload);
    const ReferralId referral{entry.body->subject};
    const auto record = parts_.referrals.find(draft, referral);
    if (!record && record.error().fault != Fault::not_found) return std::unexpected(record.error());
    if (!record || !manifest) return store::node_key_id;
    const auto known = find(draft, referral, manifest->id);
    if (!known) return std::unexpected(known.error());
    if (*known) return key_of(referral);
    const Attachment attachment{.referral = referral,
                                .manifest = std::move(*manifest),
                                .peer = entry.lane.peer,
                                .direction = Direction::out,
                                .at = now,
                                .refused = {}};
    if (const auto saved = save(draft, attachment); !saved) return std::unexpected(saved.error());
    return key_of(referral);
}

// In the engine: the place is checked again, since another copy of the chunk may have come first.
Result<void> Attachments::keep_chunk(store::Draft& draft, const ChunkPlace& place, ByteView sealed,
                                     Media media) {
    auto found = find(draft, place.referral, place.attachment);
    if (!found) return std::unexpected(found.error());
    if (!*found || !(*found)->refused.empty() || (*found)->held != place.index) return {};
    Attachment& attachment = **found;
    if (media != Media::text) return refuse(draft, std::move(attachment), casework::name(media));
    ++attachment.held;
    if (attachment.complete()) {
        const auto whole = check_whole(draft, attachment, sealed);
        if (!whole && whole.error().fault == Fault::bad_signature)
            return refuse(draft, std::move(attachment), "other_content");
        if (!whole) return std::unexpected(whole.error());
        // Cut where it suits a liar, each part of something else may look like text.
        if (*whole != Media::text)
            return refuse(draft, std::move(attachment), casework::name(*whole));
        const auto done = draft.del(wanted_.table, record_key(place.referral, place.attachment));
        if (!done) return done;
        tell(draft, attachment, "attachment.received");
    }
    const auto kept = parts_.records.put(draft, chunks_, chunk_key(place.attachment, place.index),
                                         key_of(place.referral), sealed);
    if (!kept) return kept;
    return save(draft, attachment);
}

// The chunks are those that were named; together they must be the file that was named.
Result<Media> Attachments::check_whole(store::Snapshot& from, const Attachment& attachment,
                                       ByteView last) {
    Bytes content;
    for (std::uint32_t index = 0; index < attachment.manifest.count(); ++index) {
        Result<std::optional<Bytes>> sealed{Bytes(last.begin(), last.end())};
        if (index + 1 < attachment.manifest.count())
            sealed = parts_.records.get(from, chunks_, chunk_key(attachment.manifest.id, index));
        if (!sealed) return std::unexpected(sealed.error());
        if (!*sealed) return fail(Fault::not_found, "chunk");
        const auto plain = open_chunk(attachment.referral, attachment.manifest, index, **sealed);
        if (!plain) return std::unexpected(plain.error());
        append(content, *plain);
    }
    if (content.size() != attachment.manifest.bytes ||
        trust::sha256(content) != attachment.manifest.sha256)
        return fail(Fault::bad_signature, "attachment");
    return casework::media_of(content);
}

Result<void> Attachments::refuse(store::Draft& draft, Attachment attachment,
                                 std::string_view what) {
    const auto& id = attachment.manifest.id;
    for (std::uint32_t index = 0; index < attachment.manifest.count(); ++index)
        if (const auto gone = draft.del(chunks_.table, chunk_key(id, index)); !gone) return gone;
    const auto unwanted = draft.del(wanted_.table, record_key(attachment.referral, id));
    if (!unwanted) return unwanted;
    attachment.refused = what;
    attachment.held = 0;
    attachment.manifest.chunks.clear();
    if (const auto saved = save(draft, attachment); !saved) return saved;
    parts_.counters.add("attachment.refused");
    tell(draft, attachment, "attachment.refused");
    const ReceivedEntry entry{.lane = {attachment.peer, Direction::in, attachment.lane},
                              .index = attachment.index,
                              .id = {},
                              .created_at = attachment.at,
                              .body = Body{BodyKind::attachment, attachment.referral.bytes, {}}};
    return parts_.parking.refuse(draft, entry, "media_refused", parts_.clock.now());
}

Result<Bytes> Attachments::read(store::Snapshot& from, const ReferralId& referral,
                                const AttachmentId& id) {
    const auto found = find(from, referral, id);
    if (!found) return std::unexpected(found.error());
    if (!*found) return fail(Fault::not_found, "attachment");
    const Attachment& attachment = **found;
    if (!attachment.refused.empty()) return fail(Fault::denied, "media_refused");
    if (!attachment.complete()) return fail(Fault::busy, "attachment_under_way");
    Bytes content;
    for (std::uint32_t index = 0; index < attachment.manifest.count(); ++index) {
        const auto sealed = parts_.records.get(from, chunks_, chunk_key(id, index));
        if (!sealed) return std::unexpected(sealed.error());
        if (!*sealed) return fail(Fault::not_found, "chunk");
        const auto plain = open_chunk(referral, attachment.manifest, index, **sealed);
        if (!plain) return std::unexpected(plain.error());
        append(content, *plain);
    }
    return content;
}

void Attachments::tell(store::Draft& draft, const Attachment& attachment, const char* name) {
    parts_.feed.emit(draft, {.at = parts_.clock.now(),
                             .name = name,
                             .subject = attachment.referral.bytes,
                             .peer = attachment.peer.text,
                             .number = attachment.manifest.bytes});
}

}  // namespace sanad::federation
