#include "plugins/partners/webhook/secret_file.h"

#include "plugins/partners/webhook/crypto.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace sanad::webhook {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::expected<void, SecretFileFault> check(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return std::unexpected(SecretFileFault::unreadable);
    if (!S_ISREG(status.st_mode)) return std::unexpected(SecretFileFault::not_a_file);
    if (status.st_uid != ::geteuid()) return std::unexpected(SecretFileFault::not_ours);
    if ((status.st_mode & 077U) != 0) return std::unexpected(SecretFileFault::not_private);
    if (status.st_size == 0 || status.st_size > static_cast<off_t>(secret_file_bytes_max))
        return std::unexpected(SecretFileFault::bad_size);
    return {};
}

}  // namespace

std::string_view name(SecretFileFault fault) {
    switch (fault) {
        case SecretFileFault::unreadable:
            return "unreadable";
        case SecretFileFault::not_a_file:
            return "not_a_file";
        case SecretFileFault::not_ours:
            return "not_ours";
        case SecretFileFault::not_private:
            return "not_private";
        case SecretFileFault::bad_size:
            return "bad_size";
    }
    return "unknown";
}

std::expected<std::string, SecretFileFault> read_secret_file(const std::string& path) {
    // Not blocking, so that a pipe somebody left there does not hold the start.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.number() < 0) return std::unexpected(SecretFileFault::unreadable);
    if (const auto fine = check(file.number()); !fine) return std::unexpected(fine.error());
    std::string content(secret_file_bytes_max, '\0');
    const ssize_t got = ::read(file.number(), content.data(), content.size());
    if (got <= 0) {
        wipe(content);
        return std::unexpected(SecretFileFault::unreadable);
    }
    content.resize(static_cast<std::size_t>(got));
    return secret_in(std::move(content));
}

std::expected<std::string, SecretFileFault> secret_in(std::string content) {
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r' ||
                                content.back() == ' ' || content.back() == '\t'))
        content.pop_back();
    if (content.empty() || content.size() > secret_file_bytes_max)
        return std::unexpected(SecretFileFault::bad_size);
    return content;
}

}  // namespace sanad::webhook
