#include "core/trust/vault_key.h"

#include "core/base/encoding.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace sanad::trust {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t hex_bytes = 2 * SymmetricKey::size;
constexpr std::size_t file_bytes_max = hex_bytes + 1;  // a newline

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

std::unexpected<Error> io_fault(const std::string& what, const fs::path& path) {
    return fail(Fault::io, what + " " + path.string() + ": " + std::strerror(errno));
}

enum class Place : std::uint8_t { key_file, credential };

Result<void> check_mode(const struct stat& status, const fs::path& path, Place place) {
    const auto mode = status.st_mode & 07777;
    if (place == Place::key_file) {
        if (status.st_uid != ::geteuid())
            return fail(Fault::denied, path.string() + " belongs to another user: run chown " +
                                           std::to_string(::geteuid()) + " " + path.string());
        if (mode == 0600 || mode == 0400) return {};
        return fail(Fault::denied,
                    path.string() + " is open to others: run chmod 600 " + path.string());
    }
    // systemd owns it itself and lets us in by an access list, which shows as the group's read bit.
    const bool ours = status.st_uid == ::geteuid() && (mode & 0077) == 0;
    const bool of_root = status.st_uid == 0 && (mode & 0037) == 0;
    if (ours || of_root) return {};
    return fail(Fault::denied, path.string() + " is open to others: set it by LoadCredential=");
}

Result<SymmetricKey> parse_key(ByteView content, const fs::path& path) {
    SymmetricKey key;
    if (content.size() == SymmetricKey::size) {
        key = SymmetricKey(content);
    } else {
        std::string_view digits = text_of(content);
        if (digits.size() == file_bytes_max && digits.ends_with('\n')) digits.remove_suffix(1);
        auto bytes = digits.size() == hex_bytes ? from_hex(digits) : Result<Bytes>(Bytes());
        if (!bytes || bytes->size() != SymmetricKey::size)
            return fail(Fault::malformed,
                        path.string() + ": want 32 raw bytes or 64 hexadecimal digits");
        key = SymmetricKey(ByteView(*bytes));
        wipe(*bytes);
    }
    if (key == SymmetricKey())
        return fail(Fault::malformed, path.string() + " is all zero, so it is no key");
    return key;
}

Result<SymmetricKey> read_key(const fs::path& path, Place place) {
    // Not blocking: a FIFO in its place must not hold the start for ever.
    const File file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.descriptor() < 0) {
        if (errno == ENOENT) return fail(Fault::not_found, path.string());
        if (errno == ELOOP)
            return fail(Fault::denied, path.string() + " is a link: name the file itself");
        if (errno == EACCES)
            return fail(Fault::denied,
                        path.string() + " cannot be read: run chmod 600 " + path.string());
        return io_fault("open", path);
    }
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0) return io_fault("stat", path);
    if (!S_ISREG(status.st_mode)) return fail(Fault::denied, path.string() + " is no regular file");
    if (const auto mode = check_mode(status, path, place); !mode)
        return std::unexpected(mode.error());

    Secret<file_bytes_max + 1> content;  // one more, to see that there is more
    std::size_t have = 0;
    while (have < content.size) {
        const auto got =
            ::read(file.descriptor(), content.writable().data() + have, content.size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_fault("read", path);
        if (got == 0) break;
        have += std::size_t(got);
    }
    return parse_key(ByteView(content.bytes()).first(have), path);
}

Result<void> write_key(const fs::path& path, const SymmetricKey& key) {
    const File file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.descriptor() < 0) {
        if (errno == EEXIST) return fail(Fault::conflict, path.string() + " is there already");
        return io_fault("create", path);
    }
    const auto& bytes = key.bytes();
    if (::fchmod(file.descriptor(), 0600) == 0 &&  // whatever the umask says
        ::write(file.descriptor(), bytes.data(), bytes.size()) == ssize_t(bytes.size()) &&
        ::fsync(file.descriptor()) == 0)
        return {};
    const auto fault = io_fault("write", path);
    ::unlink(path.c_str());
    return fault;
}

Result<void> sync_folder_of(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.descriptor() < 0 || ::fsync(file.descriptor()) != 0) return io_fault("sync", folder);
    return {};
}

bool take(std::string_view& text, std::string_view start) {
    if (!text.starts_with(start)) return false;
    text.remove_prefix(start.size());
    return true;
}

bool take(std::string_view& text, std::uint32_t& number) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{}) return false;
    text.remove_prefix(std::size_t(end - text.data()));
    return true;
}

bool is_within_limits(const PassphraseHeader& header) {
    return header.passes >= 1 && header.passes <= passphrase_passes_max &&
           header.memory_mib >= passphrase_memory_mib_min &&
           header.memory_mib <= passphrase_memory_mib_max;
}

}  // namespace

Result<SymmetricKey> load_key_file(const fs::path& path) { return read_key(path, Place::key_file); }

Result<SymmetricKey> create_key_file(const fs::path& path, Entropy& entropy) {
    auto key = SymmetricKey::generate(entropy);
    if (const auto written = write_key(path, key); !written)
        return std::unexpected(written.error());
    if (const auto synced = sync_folder_of(path); !synced) return std::unexpected(synced.error());
    return key;
}

Result<SymmetricKey> load_credential(const fs::path& folder, std::string_view name) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos)
        return fail(Fault::invalid, "name of a credential: want a plain file name");
    return read_key(folder / name, Place::credential);
}

PassphraseHeader make_passphrase_header(Entropy& entropy) {
    PassphraseHeader header;
    entropy.fill(header.salt);
    return header;
}

std::string format(const PassphraseHeader& header) {
    return "sanad-passphrase/v1 argon2id passes=" + std::to_string(header.passes) +
           " memory-mib=" + std::to_string(header.memory_mib) + " salt=" + to_hex(header.salt) +
           "\n";
}

Result<PassphraseHeader> parse_passphrase_header(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "passphrase header"); };
    std::string_view rest = text;
    if (!take(rest, "sanad-passphrase/")) return bad();
    if (!take(rest, "v1 argon2id ")) return fail(Fault::unsupported, "passphrase header: version");
    PassphraseHeader header;
    if (!take(rest, "passes=") || !take(rest, header.passes) || !take(rest, " memory-mib=") ||
        !take(rest, header.memory_mib) || !take(rest, " salt="))
        return bad();
    const auto salt = from_hex(rest.substr(0, 2 * header.salt.size()));
    if (!salt || salt->size() != header.salt.size()) return bad();
    std::copy(salt->begin(), salt->end(), header.salt.begin());
    if (format(header) != text) return bad();
    if (!is_within_limits(header)) return fail(Fault::invalid, "passphrase header: cost");
    return header;
}

Result<SymmetricKey> key_from_passphrase(std::string_view passphrase,
                                         const PassphraseHeader& header) {
    static_assert(sizeof(header.salt) == crypto_pwhash_SALTBYTES);
    if (passphrase.size() < passphrase_bytes_min || passphrase.size() > passphrase_bytes_max)
        return fail(Fault::bad_size, "passphrase: want 15 to 1,024 bytes");
    if (!is_within_limits(header)) return fail(Fault::invalid, "passphrase header: cost");
    SymmetricKey key;
    if (crypto_pwhash(key.writable().data(), SymmetricKey::size, passphrase.data(),
                      passphrase.size(), header.salt.data(), header.passes,
                      std::size_t(header.memory_mib) << 20, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(Fault::exhausted, "not enough memory for the passphrase");
    return key;
}

}  // namespace sanad::trust
