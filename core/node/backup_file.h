#pragma once

#include "core/base/descriptor.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/sealed_stream.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

// A backup is one file that nobody opens but who has the other half of the backup's key:
//
//     sanad-backup/v1\n  head of the stream  sealed chunks
//
// and inside, for each entry: length of the name (u16) · name · pieces, each behind its length
// (u32), and one of no length; at the end a name of no length. Numbers are little-endian.
namespace sanad::node {

inline constexpr std::size_t backup_name_bytes_max = 255;
inline constexpr std::string_view backup_about = "=about";  // the first entry: whose it is
inline constexpr std::string_view backup_store = "=store";  // what the storage plugin wrote

/// Writes a backup beside its place, and puts it there when it is whole. One that is dropped before
/// leaves nothing. threads  one at a time
class BackupWriter {
public:
    /// errors  conflict: there is such a file · invalid: the key · those of create_file()
    static Result<BackupWriter> create(const std::filesystem::path& file,
                                       const trust::SealingPublicKey& key, Entropy& entropy);
    ~BackupWriter();
    BackupWriter(BackupWriter&&) noexcept;
    BackupWriter& operator=(BackupWriter&&) = delete;

    /// An entry, from here to the next one.
    Result<void> begin(std::string_view name);
    /// Its content, any size. errors  io, exhausted
    Result<void> write(ByteView content);
    /// Makes the file durable, under its name; its size in bytes. errors  io, exhausted
    Result<std::uint64_t> finish();

    std::uint64_t bytes() const { return bytes_; }

private:
    BackupWriter(std::filesystem::path file, Descriptor out, trust::StreamSealer sealer)
        : file_(std::move(file)), out_(std::move(out)), sealer_(std::move(sealer)) {}
    Result<void> put(ByteView plain);
    Result<void> put_sealed(ByteView sealed);
    Result<void> end_entry();
    std::filesystem::path part() const { return file_.string() + ".part"; }

    std::filesystem::path file_;  // empty: moved from, or finished
    Descriptor out_;
    trust::StreamSealer sealer_;
    Bytes chunk_;  // what is not sealed yet
    bool in_entry_ = false;
    std::uint64_t bytes_ = 0;
};

/// Called at the beginning of each entry, returns what gets its content, piece by piece.
using BackupSink = std::function<Result<void>(ByteView piece)>;
using BackupEntries = std::function<Result<BackupSink>(const std::string& name)>;

/// Reads a backup from its beginning to its end.
///
/// told    how many bytes of the file were read, now and then
/// errors  malformed: no backup, cut off, or something behind its end · bad_signature: another key,
///         or changed · those of `entries`. The detail names the file
Result<void> read_backup(const std::filesystem::path& file, const trust::SealingKey& key,
                         const BackupEntries& entries,
                         const std::function<void(std::uint64_t)>& told = {});

/// Makes the pair of a backup's key: the file for whoever keeps it apart, mode 0600, and the other
/// half for node.toml. errors  those of create_file()
Result<trust::SealingPublicKey> create_backup_key(const std::filesystem::path& file,
                                                  Entropy& entropy);
/// errors  those of read_file() · malformed
Result<trust::SealingKey> load_backup_key(const std::filesystem::path& file);

/// The other half as node.toml has it. errors  malformed
std::string backup_key_text(const trust::SealingPublicKey& key);
Result<trust::SealingPublicKey> parse_backup_key(std::string_view text);

}  // namespace sanad::node
