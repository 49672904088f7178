#include "core/store/records.h"

#include "core/trust/seal.h"

#include <algorithm>

namespace sanad::store {
namespace {

constexpr std::uint8_t version = 1;

struct Parts {
    ByteView clear;
    KeyId owner;
    ByteView sealed;
};

Result<Parts> split(ByteView value) {
    if (value.size() < 2 || value[0] != version) return fail(Fault::malformed, "record version");
    const std::size_t clear_end = 2 + std::size_t(value[1]);
    if (value.size() < clear_end + 16) return fail(Fault::malformed, "record length");
    Parts parts;
    parts.clear = value.subspan(2, value[1]);
    std::copy_n(value.begin() + std::ptrdiff_t(clear_end), 16, parts.owner.bytes.begin());
    parts.sealed = value.subspan(clear_end + 16);
    return parts;
}

// Where the record stands. Each part but the last has its length before it, so that no two places
// give the same bytes.
Bytes place(const StoreId& store_id, const SealedTable& table, ByteView key, ByteView clear) {
    Bytes bytes;
    bytes.reserve(store_id.bytes.size() + table.name.size() + key.size() + clear.size() + 8);
    append(bytes, store_id);
    bytes.push_back(static_cast<std::uint8_t>(table.name.size()));
    append(bytes, bytes_of(table.name));
    append_big_endian(bytes, static_cast<std::uint16_t>(key.size()));
    append(bytes, key);
    append(bytes, clear);
    return bytes;
}

}  // namespace

Result<SealedTable> Records::open_table(Store& store, std::string_view name) {
    const auto table = store.open_table(name);
    if (!table) return std::unexpected(table.error());
    return SealedTable{*table, std::string(name)};
}

Result<void> Records::put(Writer& writer, const SealedTable& table, ByteView key,
                          const KeyId& owner, ByteView plain, ByteView clear) {
    if (clear.size() > clear_bytes_max) return fail(Fault::bad_size, "clear part of a record");
    const auto secret = keyring_.find(writer, owner);
    if (!secret) return std::unexpected(secret.error());
    Bytes value;
    value.reserve(2 + clear.size() + 16 + 24 + plain.size() + 16);
    value.push_back(version);
    value.push_back(static_cast<std::uint8_t>(clear.size()));
    append(value, clear);
    append(value, owner);
    trust::seal_onto(value, **secret, place(store_id_, table, key, clear), plain, entropy_);
    return writer.put(table.table, key, value);
}

Result<std::optional<Bytes>> Records::get(Snapshot& from, const SealedTable& table, ByteView key) {
    const auto value = from.get(table.table, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return std::nullopt;
    auto plain = open(from, table, {key, **value});
    if (!plain) return std::unexpected(plain.error());
    return std::move(*plain);
}

Result<void> Records::scan(Snapshot& from, const SealedTable& table, ByteView lo, ByteView hi,
                           Order order, std::uint32_t limit, const Sink& sink, Erased erased) {
    Result<void> opened;
    const auto scanned = from.scan(table.table, lo, hi, order, limit, [&](const Row& row) {
        auto plain = open(from, table, row);
        if (!plain && is_erased(from, row)) {
            if (erased == Erased::skip) return true;
            plain = Bytes{};
        }
        if (!plain) {
            opened = std::unexpected(plain.error());
            return false;
        }
        return sink(row.key, std::move(*plain), split(row.value)->clear);
    });
    return scanned ? opened : scanned;
}

Result<std::optional<Bytes>> Records::get_clear(Snapshot& from, const SealedTable& table,
                                                ByteView key) {
    const auto value = from.get(table.table, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return std::nullopt;
    const auto parts = split(**value);
    if (!parts) return std::unexpected(parts.error());
    return Bytes(parts->clear.begin(), parts->clear.end());
}

Result<void> Records::scan_clear(Snapshot& from, const SealedTable& table, ByteView lo, ByteView hi,
                                 Order order, std::uint32_t limit, const ClearSink& sink) {
    Result<void> sound;
    const auto scanned = from.scan(table.table, lo, hi, order, limit, [&](const Row& row) {
        const auto parts = split(row.value);
        if (!parts) {
            sound = std::unexpected(parts.error());
            return false;
        }
        return sink(row.key, parts->clear);
    });
    return scanned ? sound : scanned;
}

Result<Bytes> Records::open(Snapshot& from, const SealedTable& table, const Row& row) {
    const auto parts = split(row.value);
    if (!parts) return std::unexpected(parts.error());
    const auto secret = keyring_.find(from, parts->owner);
    if (!secret) return std::unexpected(secret.error());
    return trust::open(**secret, place(store_id_, table, row.key, parts->clear), parts->sealed);
}

// Only what was erased on purpose: an owner that never was is a damaged record.
bool Records::is_erased(Snapshot& from, const Row& row) {
    const auto parts = split(row.value);
    return parts && keyring_.is_erased(from, parts->owner);
}

Bytes after_prefix(ByteView prefix) {
    Bytes bound(prefix.begin(), prefix.end());
    while (!bound.empty() && bound.back() == 0xff) bound.pop_back();
    if (!bound.empty()) ++bound.back();
    return bound;
}

}  // namespace sanad::store
