#include "core/api/contact_files.h"

#include <algorithm>

namespace sanad::api {

using casework::ContactFile;
using casework::ContactFileId;
using casework::ContactFilePart;

namespace {

Bytes file_key(const ContactId& id, const ContactFileId& file) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append(key, file);
    return key;
}

Bytes part_key(const ContactId& id, const ContactFileId& file, std::uint32_t part) {
    Bytes key = file_key(id, file);
    append_big_endian(key, part);
    return key;
}

}  // namespace

Result<std::unique_ptr<ContactFiles>> ContactFiles::open(store::Store& store, Parts parts) {
    auto files = std::make_unique<ContactFiles>(parts);
    auto table = store::Records::open_table(store, "contact.file");
    if (!table) return std::unexpected(table.error());
    auto bytes = store::Records::open_table(store, "contact.file_part");
    if (!bytes) return std::unexpected(bytes.error());
    files->files_ = std::move(*table);
    files->bytes_ = std::move(*bytes);
    return files;
}

Result<void> ContactFiles::attach(store::Draft& draft, const std::string& instance,
                                  ByteView conversation, ByteView file, const ContactFilePart& part,
                                  Time now) {
    ContactFileId file_id{};
    if (file.size() != file_id.size()) return fail(Fault::bad_size, "file");
    std::ranges::copy(file, file_id.begin());
    const auto contact = parts_.contacts.find_conversation(draft, instance, conversation);
    if (!contact) return std::unexpected(contact.error());
    if (!*contact) return fail(Fault::not_found, "conversation");
    const ContactId& id = **contact;
    const auto before = find(draft, id, file_id);
    if (!before) return std::unexpected(before.error());
    if (*before && part.index < (*before)->parts) return {};
    ContactFile now_there = before->value_or(ContactFile{});
    if (const auto checked = casework::check_part(now_there, part); !checked) return checked;
    if (!*before) {
        const auto others = list(draft, id);
        if (!others) return std::unexpected(others.error());
        if (others->size() >= files_max) return fail(Fault::exhausted, "files");
        now_there.id = file_id;
        now_there.number = static_cast<std::uint32_t>(others->size());
        now_there.name = part.name;
        now_there.media_type = part.media_type;
        now_there.at = now;
    }
    now_there.bytes += static_cast<std::uint32_t>(part.bytes.size());
    ++now_there.parts;
    now_there.whole = part.last;
    const auto owner = key_of(id);
    if (const auto kept =
            parts_.records.put(draft, bytes_, part_key(id, file_id, part.index), owner, part.bytes);
        !kept)
        return kept;
    if (!*before || part.last)
        parts_.feed.emit(draft, {.at = now,
                                 .name = part.last ? "contact.file" : "contact.file_begun",
                                 .subject = id.bytes,
                                 .peer = instance,
                                 .number = now_there.number});
    return parts_.records.put(draft, files_, file_key(id, file_id), owner,
                              casework::write_record(now_there));
}

Result<std::vector<ContactFile>> ContactFiles::list(store::Snapshot& from, const ContactId& id) {
    auto files =
        parts_.records.collect(from, files_, id, store::after_prefix(id), store::Order::ascending,
                               files_max, casework::read_contact_file);
    if (files) std::ranges::sort(*files, {}, &ContactFile::number);
    return files;
}

Result<ContactFiles::Part> ContactFiles::read(store::Snapshot& from, const ContactId& id,
                                              const ContactFileId& file, std::uint32_t part) {
    auto found = find(from, id, file);
    if (!found) return std::unexpected(found.error());
    if (!*found || part >= (*found)->parts) return fail(Fault::not_found, "file");
    auto bytes = parts_.records.get(from, bytes_, part_key(id, file, part));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "part");
    return Part{std::move(**found), std::move(**bytes)};
}

Result<std::optional<ContactFile>> ContactFiles::find(store::Snapshot& from, const ContactId& id,
                                                      const ContactFileId& file) {
    const auto bytes = parts_.records.get(from, files_, file_key(id, file));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<ContactFile>{};
    auto read = casework::read_contact_file(**bytes);
    if (!read) return std::unexpected(read.error());
    return std::optional(std::move(*read));
}

}  // namespace sanad::api
