#include "core/node/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

class File {
public:
    explicit File(int number) : number_(number) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return number_; }

private:
    int number_;
};

Result<void> check_owner(const struct stat& status, const fs::path& path) {
    const std::string name = path.string();
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        return fail(Fault::denied, name + ": belongs to another user: run chown " +
                                       std::to_string(::geteuid()) + " " + name);
    if ((status.st_mode & 0027) != 0)
        return fail(Fault::denied, name + ": is open to others: run chmod 600 " + name);
    return {};
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

std::unexpected<Error> file_error(int error, const fs::path& path) {
    const std::string name = path.string();
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return fail(Fault::not_found, name + ": there is no such file: check the name");
        case EEXIST:
            return fail(Fault::conflict, name + ": is there already: move it away");
        case ELOOP:
            return fail(Fault::denied, name + ": is a link: name the file itself");
        case EACCES:
        case EPERM:
        case EROFS:
            return fail(Fault::denied, name + ": may not be opened: check its owner and mode");
        case ENOSPC:
        case EDQUOT:
            return fail(Fault::exhausted, name + ": the disk is full: make room");
        default:
            return fail(Fault::io, name + ": " + std::strerror(error) + ": check the disk");
    }
}

Result<void> write_all(int file, ByteView content, const fs::path& path) {
    while (!content.empty()) {
        const auto written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_error(errno, path);
        content = content.subspan(std::size_t(written));
    }
    return {};
}

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max, FileTrust trust) {
    const int no_follow = trust == FileTrust::own ? O_NOFOLLOW : 0;
    const File file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | no_follow));
    if (file.get() < 0) return file_error(errno, path);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return file_error(errno, path);
    if (!S_ISREG(status.st_mode))
        return fail(Fault::denied, path.string() + ": is no regular file: name a file");
    if (trust == FileTrust::own)
        if (const auto own = check_owner(status, path); !own) return std::unexpected(own.error());

    std::string content;
    std::array<char, 16384> chunk;
    for (;;) {
        const auto got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_error(errno, path);
        if (got == 0) return content;
        content.append(chunk.data(), std::size_t(got));
        if (content.size() > bytes_max)
            return fail(Fault::bad_size, path.string() + ": is longer than " +
                                             std::to_string(bytes_max) +
                                             " bytes: is this the right file?");
    }
}

Result<void> create_file(const fs::path& path, std::string_view content, ::mode_t mode) {
    const File file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (file.get() < 0) return file_error(errno, path);
    if (::fchmod(file.get(), mode) != 0) return file_error(errno, path);  // whatever the umask says
    auto written = write_all(file.get(), bytes_of(content), path);
    if (written && ::fsync(file.get()) != 0) written = file_error(errno, path);
    if (!written) {
        ::unlink(path.c_str());
        return written;
    }
    return sync_folder(folder_of(path));
}

Result<void> replace_file(const fs::path& path, std::string_view content, ::mode_t mode) {
    const fs::path beside = path.string() + ".new";
    ::unlink(beside.c_str());  // left by a power cut
    if (const auto made = create_file(beside, content, mode); !made) return made;
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return file_error(error, path);
    }
    return sync_folder(folder_of(path));
}

Result<void> sync_folder(const fs::path& folder) {
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) return file_error(errno, folder);
    return {};
}

Result<void> check_private_folder(const fs::path& folder) {
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0) return file_error(errno, folder);
    const std::string name = folder.string();
    if (S_ISLNK(status.st_mode)) return file_error(ELOOP, folder);
    if (!S_ISDIR(status.st_mode))
        return fail(Fault::denied, name + ": is no folder: name the node's data folder");
    if (status.st_uid != ::geteuid())
        return fail(Fault::denied,
                    name + ": belongs to another user: run this as its owner, or chown " +
                        std::to_string(::geteuid()) + " " + name);
    if ((status.st_mode & 0077) != 0)
        return fail(Fault::denied, name + ": is open to others: run chmod 700 " + name);
    return {};
}

}  // namespace sanad::node
