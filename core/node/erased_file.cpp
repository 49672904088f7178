#include "core/node/erased_file.h"

#include "core/api/socket_path.h"
#include "core/base/encoding.h"
#include "core/node/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sanad::node {
namespace {

constexpr std::string_view form = "sanad-erased/v1";
constexpr std::size_t hash_digits = 2 * sizeof(store::KeyHash);
constexpr ::off_t header_bytes = form.size() + 1;
constexpr ::off_t line_bytes = hash_digits + 1;

}  // namespace

Result<std::vector<store::KeyHash>> load_erased(const std::filesystem::path& file) {
    std::vector<store::KeyHash> hashes;
    std::error_code fault;
    if (!std::filesystem::exists(file, fault)) return hashes;
    const auto text = read_file(file, erased_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    std::string_view rest = *text;
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (line.empty() || line == form) continue;
        const auto bytes = line.size() == hash_digits ? from_hex(line) : Result<Bytes>(Bytes{});
        store::KeyHash hash{};
        if (!bytes || bytes->size() != hash.size())
            return fail(Fault::malformed,
                        file.string() +
                            ": is damaged: put it back from a copy; without it an old "
                            "backup could bring back what was erased");
        std::ranges::copy(*bytes, hash.begin());
        hashes.push_back(hash);
    }
    return hashes;
}

Result<void> append_erased(const std::filesystem::path& file,
                           const std::vector<store::KeyHash>& hashes) {
    if (hashes.empty()) return {};
    const Descriptor out(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (out.get() < 0) return file_error(errno, file);
    struct stat facts{};
    if (::fstat(out.get(), &facts) != 0) return file_error(errno, file);
    // A line that a power cut cut short goes: its key is in the store's own table.
    const auto whole = facts.st_size < header_bytes
                           ? 0
                           : facts.st_size - (facts.st_size - header_bytes) % line_bytes;
    if (whole != facts.st_size && ::ftruncate(out.get(), whole) != 0)
        return file_error(errno, file);
    std::string text = whole == 0 ? std::string(form) + "\n" : std::string();
    for (const auto& hash : hashes) text += to_hex(hash) + "\n";
    if (const auto written = write_all(out.get(), bytes_of(text), file); !written) return written;
    if (::fsync(out.get()) != 0) return file_error(errno, file);
    return sync_folder(file.parent_path());
}

}  // namespace sanad::node
