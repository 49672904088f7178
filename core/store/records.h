#pragma once

#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/store/keyring.h"
#include "core/store/store.h"

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace sanad::store {

/// A table whose values are sealed; its name is part of what each value is bound to.
struct SealedTable {
    Table table;
    std::string name;
};

/// Sealed records: XChaCha20-Poly1305 under the key of what they belong to (a case, a referral, the
/// node), bound to store, table and key, so that a record moved elsewhere does not open.
///
/// Value: version 1 · length of `clear` · clear · owner[16] · nonce[24] · ciphertext and tag.
class Records {
public:
    static constexpr std::size_t clear_bytes_max = 255;
    static constexpr std::size_t overhead_bytes_max = 2 + clear_bytes_max + 16 + 24 + 16;

    /// All three outlive the records.
    Records(const StoreId& store_id, Keyring& keyring, Entropy& entropy)
        : store_id_(store_id), keyring_(keyring), entropy_(entropy) {}

    static Result<SealedTable> open_table(Store& store, std::string_view name);

    /// Seals `plain` under the owner's key. `clear`, such as the hash of what is sealed, stays
    /// readable when the key is gone; it is authenticated with the rest.
    /// errors  not_found: the owner's key does not exist, or was destroyed · those of Writer::put
    Result<void> put(Writer& writer, const SealedTable& table, ByteView key, const KeyId& owner,
                     ByteView plain, ByteView clear = {});

    /// What was put, or nothing when there is no such record.
    /// errors  bad_signature: the record was damaged or moved · not_found: its key was destroyed
    Result<std::optional<Bytes>> get(Snapshot& from, const SealedTable& table, ByteView key);

    /// Called with key, opened value and clear part of each record; returns false to stop.
    using Sink = std::function<bool(ByteView key, Bytes plain, ByteView clear)>;
    /// What a scan makes of a record whose owner was erased: as if it were not there, or with an
    /// empty value, which no record has otherwise where this is asked for.
    enum class Erased : std::uint8_t { skip, show_empty };
    /// As Snapshot::scan; a record that does not open, but for erased ones, ends it with its error.
    Result<void> scan(Snapshot& from, const SealedTable& table, ByteView lo, ByteView hi,
                      Order order, std::uint32_t limit, const Sink& sink,
                      Erased erased = Erased::skip);

    /// The values of a scan, each read by `decode(ByteView value) -> Result<Value>`, or by
    /// `decode(ByteView key, ByteView value)` where the key is a part of it; the first that cannot
    /// be read ends it with its error.
    template <typename Decode>
    auto collect(Snapshot& from, const SealedTable& table, ByteView lo, ByteView hi, Order order,
                 std::uint32_t limit, Decode decode) {
        const auto read = [&](ByteView key, ByteView value) {
            if constexpr (std::is_invocable_v<Decode, ByteView, ByteView>)
                return decode(key, value);
            else
                return decode(value);
        };
        using Value = typename std::invoke_result_t<decltype(read), ByteView, ByteView>::value_type;
        Result<std::vector<Value>> values;
        const auto scanned = scan(from, table, lo, hi, order, limit,
                                  [&](ByteView key, const Bytes& plain, ByteView) {
                                      auto value = read(key, plain);
                                      if (value)
                                          values->push_back(std::move(*value));
                                      else
                                          values = std::unexpected(value.error());
                                      return values.has_value();
                                  });
        if (!scanned) values = std::unexpected(scanned.error());
        return values;
    }

    /// The clear part alone, which needs no key. errors  malformed, io
    Result<std::optional<Bytes>> get_clear(Snapshot& from, const SealedTable& table, ByteView key);

    /// Called with key and clear part of each record; returns false to stop.
    using ClearSink = std::function<bool(ByteView key, ByteView clear)>;
    /// As scan, of the clear parts alone: opens nothing and needs no key. errors  malformed, io
    Result<void> scan_clear(Snapshot& from, const SealedTable& table, ByteView lo, ByteView hi,
                            Order order, std::uint32_t limit, const ClearSink& sink);

    Keyring& keyring() { return keyring_; }

private:
    Result<Bytes> open(Snapshot& from, const SealedTable& table, const Row& row);
    bool is_erased(Snapshot& from, const Row& row);

    const StoreId& store_id_;
    Keyring& keyring_;
    Entropy& entropy_;
};

/// The smallest key above every key that starts with `prefix`: the upper bound of its scan.
Bytes after_prefix(ByteView prefix);

}  // namespace sanad::store
