#include "core/node/backup_file.h"

#include "core/base/encoding.h"
#include "core/node/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sanad::node {
namespace {

constexpr std::string_view form = "sanad-backup/v1\n";
constexpr std::string_view key_form = "sanad-backup-key/v1\n";
constexpr std::string_view public_form = "sanad-backup+";
constexpr std::uint32_t piece_bytes_max = 1 << 20;
constexpr std::size_t sealed_bytes = trust::stream_chunk_bytes + trust::stream_chunk_overhead;
constexpr std::size_t key_file_bytes_max = 256;

template <typename Number>
Bytes little_endian(Number value) {
    Bytes bytes;
    for (std::size_t i = 0; i < sizeof value; ++i)
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return bytes;
}

/// The plain bytes of a backup, in order.
class PlainReader {
public:
    PlainReader(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& told)
        : file_(file), told_(told) {}

    Result<void> open(const trust::SealingKey& key) {
        in_ = Descriptor(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!in_)
            return fail(Fault::not_found,
                        file_.string() + ": " + std::strerror(errno) + ": name a backup");
        const auto begin = read(form.size());
        if (!begin) return std::unexpected(begin.error());
        if (!std::ranges::equal(*begin, form))
            return fail(Fault::malformed, file_.string() + ": is no backup of Sanad");
        const auto head = read(trust::stream_head_bytes);
        if (!head) return std::unexpected(head.error());
        if (head->size() != trust::stream_head_bytes) return cut();
        auto opener = trust::StreamOpener::begin(key, *head);
        if (!opener)
            return fail(Fault::bad_signature,
                        file_.string() +
                            ": was sealed to another key, or its beginning is changed: "
                            "bring the key that [backup] named then");
        opener_.emplace(std::move(*opener));
        return {};
    }

    /// Exactly so many bytes. errors  as read_backup()
    Result<Bytes> take(std::size_t size) {
        while (plain_.size() - at_ < size)
            if (const auto more = next(); !more) return std::unexpected(more.error());
        const auto view = ByteView(plain_).subspan(at_, size);
        at_ += size;
        return Bytes(view.begin(), view.end());
    }

    /// That nothing is left.
    Result<void> end() {
        if (!last_ || at_ != plain_.size()) return changed();
        const auto rest = read(1);
        if (!rest) return std::unexpected(rest.error());
        return rest->empty()
                   ? Result<void>()
                   : fail(Fault::malformed, file_.string() + ": has something behind its end");
    }

    std::unexpected<Error> changed() const {
        return fail(Fault::bad_signature, file_.string() + ": is damaged: take another backup");
    }

private:
    std::unexpected<Error> cut() const {
        return fail(Fault::malformed,
                    file_.string() + ": ends too early: copy it again, or take another backup");
    }

    /// Fewer at the end of the file.
    Result<Bytes> read(std::size_t size) {
        Bytes bytes(size);
        std::size_t have = 0;
        while (have < size) {
            const ::ssize_t got = ::read(in_.get(), bytes.data() + have, size - have);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return file_error(errno, file_);
            if (got == 0) break;
            have += static_cast<std::size_t>(got);
        }
        bytes.resize(have);
        read_ += have;
        if (told_) told_(read_);
        return bytes;
    }

    Result<void> next() {
        if (last_) return changed();
        const auto sealed = read(sealed_bytes);
        if (!sealed) return std::unexpected(sealed.error());
        if (sealed->empty()) return cut();
        auto chunk = opener_->open(*sealed);
        if (!chunk) return sealed->size() < sealed_bytes ? cut() : changed();
        plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
        append(plain_, chunk->plain);
        last_ = chunk->last;
        return {};
    }

    const std::filesystem::path& file_;
    const std::function<void(std::uint64_t)>& told_;
    Descriptor in_;
    std::optional<trust::StreamOpener> opener_;
    Bytes plain_;
    std::size_t at_ = 0;
    bool last_ = false;
    std::uint64_t read_ = 0;
};

std::uint32_t number_in(ByteView bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

}  // namespace

Result<BackupWriter> BackupWriter::create(const std::filesystem::path& file,
                                          const trust::SealingPublicKey& key, Entropy& entropy) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored))
        return fail(Fault::conflict, file.string() + ": is there already");
    auto sealer = trust::StreamSealer::begin(key, entropy);
    if (!sealer) return std::unexpected(sealer.error());
    const std::string part = file.string() + ".part";
    Descriptor out(
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out) return file_error(errno, part);
    BackupWriter writer(file, std::move(out), std::move(*sealer));
    if (const auto put = writer.put_sealed(bytes_of(form)); !put)
        return std::unexpected(put.error());
    if (const auto put = writer.put_sealed(writer.sealer_.head()); !put)
        return std::unexpected(put.error());
    return writer;
}

BackupWriter::BackupWriter(BackupWriter&& other) noexcept
    : file_(std::exchange(other.file_, {})),
      out_(std::move(other.out_)),
      sealer_(std::move(other.sealer_)),
      chunk_(std::move(other.chunk_)),
      in_entry_(other.in_entry_),
      bytes_(other.bytes_) {}

BackupWriter::~BackupWriter() {
    if (!file_.empty()) ::unlink(part().c_str());
}

Result<void> BackupWriter::put_sealed(ByteView sealed) {
    bytes_ += sealed.size();
    return write_all(out_.get(), sealed, part());
}

Result<void> BackupWriter::put(ByteView plain) {
    append(chunk_, plain);
    std::size_t at = 0;
    // The last chunk is never sealed here, so that finish() has one.
    for (; chunk_.size() - at > trust::stream_chunk_bytes; at += trust::stream_chunk_bytes) {
        const auto sealed =
            sealer_.seal(ByteView(chunk_).subspan(at, trust::stream_chunk_bytes), false);
        if (const auto written = put_sealed(sealed); !written) return written;
    }
    chunk_.erase(chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(at));
    return {};
}

Result<void> BackupWriter::end_entry() {
    if (!std::exchange(in_entry_, false)) return {};
    return put(little_endian(std::uint32_t{0}));
}

Result<void> BackupWriter::begin(std::string_view name) {
    if (name.empty() || name.size() > backup_name_bytes_max) return fail(Fault::bad_size, "name");
    if (const auto ended = end_entry(); !ended) return ended;
    in_entry_ = true;
    if (const auto put_length = put(little_endian(static_cast<std::uint16_t>(name.size())));
        !put_length)
        return put_length;
    return put(bytes_of(name));
}

Result<void> BackupWriter::write(ByteView content) {
    while (!content.empty()) {
        const auto piece = content.first(std::min<std::size_t>(content.size(), piece_bytes_max));
        if (const auto length = put(little_endian(static_cast<std::uint32_t>(piece.size())));
            !length)
            return length;
        if (const auto written = put(piece); !written) return written;
        content = content.subspan(piece.size());
    }
    return {};
}

Result<std::uint64_t> BackupWriter::finish() {
    if (const auto ended = end_entry(); !ended) return std::unexpected(ended.error());
    if (const auto ended = put(little_endian(std::uint16_t{0})); !ended)
        return std::unexpected(ended.error());
    if (const auto written = put_sealed(sealer_.seal(chunk_, true)); !written)
        return std::unexpected(written.error());
    if (::fsync(out_.get()) != 0) return file_error(errno, part());
    if (::rename(part().c_str(), file_.c_str()) != 0) return file_error(errno, file_);
    const auto folder = std::exchange(file_, {}).parent_path();
    if (const auto synced = sync_folder(folder); !synced) return std::unexpected(synced.error());
    return bytes_;
}

Result<void> read_backup(const std::filesystem::path& file, const trust::SealingKey& key,
                         const BackupEntries& entries,
                         const std::function<void(std::uint64_t)>& told) {
    PlainReader plain(file, told);
    if (const auto opened = plain.open(key); !opened) return opened;
    for (;;) {
        const auto length = plain.take(sizeof(std::uint16_t));
        if (!length) return std::unexpected(length.error());
        if (number_in(*length) == 0) return plain.end();
        if (number_in(*length) > backup_name_bytes_max) return plain.changed();
        const auto name = plain.take(number_in(*length));
        if (!name) return std::unexpected(name.error());
        const auto sink = entries(std::string(name->begin(), name->end()));
        if (!sink) return std::unexpected(sink.error());
        for (;;) {
            const auto size = plain.take(sizeof(std::uint32_t));
            if (!size) return std::unexpected(size.error());
            if (number_in(*size) == 0) break;
            if (number_in(*size) > piece_bytes_max) return plain.changed();
            const auto piece = plain.take(number_in(*size));
            if (!piece) return std::unexpected(piece.error());
            if (const auto taken = (*sink)(*piece); !taken) return taken;
        }
    }
}

Result<trust::SealingPublicKey> create_backup_key(const std::filesystem::path& file,
                                                  Entropy& entropy) {
    const auto key = trust::SealingKey::generate(entropy);
    const auto secret = key.secret();
    std::string text = std::string(key_form) + to_hex(secret.bytes()) + "\n";
    const auto made = create_file(file, text, 0600);
    trust::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    if (!made) return std::unexpected(made.error());
    return key.public_key();
}

Result<trust::SealingKey> load_backup_key(const std::filesystem::path& file) {
    auto text = read_file(file, key_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    std::string_view digits = *text;
    const bool is_key = digits.starts_with(key_form);
    if (is_key) digits.remove_prefix(key_form.size());
    while (digits.ends_with('\n')) digits.remove_suffix(1);
    auto bytes = is_key ? from_hex(digits) : Result<Bytes>(Bytes{});
    trust::wipe({reinterpret_cast<std::uint8_t*>(text->data()), text->size()});
    if (!bytes || bytes->size() != trust::Secret<32>::size)
        return fail(Fault::malformed,
                    file.string() + ": is no key of a backup: name what `sanad backup key` made");
    trust::Secret<32> secret{ByteView(*bytes)};
    trust::wipe(*bytes);
    return trust::SealingKey(std::move(secret));
}

std::string backup_key_text(const trust::SealingPublicKey& key) {
    return std::string(public_form) + to_base64(key.bytes);
}

Result<trust::SealingPublicKey> parse_backup_key(std::string_view text) {
    if (!text.starts_with(public_form)) return fail(Fault::malformed, "backup key");
    const auto bytes = from_base64(text.substr(public_form.size()));
    trust::SealingPublicKey key{};
    if (!bytes || bytes->size() != key.bytes.size()) return fail(Fault::malformed, "backup key");
    std::ranges::copy(*bytes, key.bytes.begin());
    if (!trust::is_usable(key)) return fail(Fault::malformed, "backup key");
    return key;
}

}  // namespace sanad::node
