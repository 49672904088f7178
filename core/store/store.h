#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

// What the core asks of a store: tables of ordered byte keys, snapshot reads, one writer, atomic
// durable commits. Storage plugins speak the C form of it (sanad/store.h of the SDK); the shapes
// are few and batch-like so that a database behind a socket needs one round trip where LMDB needs
// none.
namespace sanad::store {

inline constexpr std::size_t key_bytes_max = 480;
inline constexpr std::size_t value_bytes_max = 1 << 20;

struct Table {
    std::uint32_t number = 0;
};

/// Borrowed from the transaction: valid until its next write or its end.
struct Row {
    ByteView key;
    ByteView value;
};

enum class Order : std::uint8_t { ascending, descending };

/// Returns false to stop the scan.
using RowSink = std::function<bool(const Row&)>;

/// A consistent view that no later commit changes. Close it within 5 s: an old snapshot makes a
/// store grow. threads  one at a time
class Snapshot {
public:
    virtual ~Snapshot() = default;
    /// The value, borrowed as in Row; empty when there is none. errors  io, bad_size
    virtual Result<std::optional<ByteView>> get(Table table, ByteView key) = 0;
    /// Rows with lo <= key < hi (an empty hi: to the end), at most `limit` of them. errors  io,
    /// bad_size
    virtual Result<void> scan(Table table, ByteView lo, ByteView hi, Order order,
                              std::uint32_t limit, const RowSink& sink) = 0;
};

/// A view that can be written to, and reads its own writes.
class Writer : public Snapshot {
public:
    /// key 1..key_bytes_max bytes, value 0..value_bytes_max bytes. errors  io, bad_size, exhausted
    virtual Result<void> put(Table table, ByteView key, ByteView value) = 0;
    /// Deleting what is not there is no error. errors  io, bad_size
    virtual Result<void> del(Table table, ByteView key) = 0;
};

/// The one writing transaction; dropping it undoes all its writes.
class Transaction : public Writer {
public:
    /// Returns once everything is on disk. After it, or after an error of it, only the destructor
    /// may follow. errors  io, exhausted, conflict (run the whole transaction again)
    virtual Result<void> commit() = 0;
};

class Store {
public:
    virtual ~Store() = default;
    /// The table of that name, made when it is not there; name 1..63 bytes of [a-z_.].
    /// Call before the first transaction. errors  io, bad_size, exhausted
    virtual Result<Table> open_table(std::string_view name) = 0;
    /// threads  any
    virtual Result<std::unique_ptr<Snapshot>> snapshot() = 0;
    /// Waits for no other writer: there is one. threads  engine
    virtual Result<std::unique_ptr<Transaction>> begin() = 0;
    /// Writes a consistent copy to an open file descriptor. threads  any
    virtual Result<void> backup(int file_descriptor) = 0;
    /// Afterwards nothing that was deleted or overwritten before is left in the store's files.
    /// Waits for open snapshots, and holds up everybody: about a second a gigabyte.
    /// errors  unsupported: this store cannot · busy: a snapshot stays open · io, exhausted
    /// threads  engine, with no transaction open
    virtual Result<void> compact() { return fail(Fault::unsupported, "compact"); }
};

}  // namespace sanad::store
