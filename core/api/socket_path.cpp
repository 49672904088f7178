#include "core/api/socket_path.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace sanad::api {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refuse(int error, const std::string& what, const fs::path& path) {
    const std::string detail = what + " " + path.string() + ": " + std::strerror(error);
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return fail(Fault::not_found, detail);
        case ECONNREFUSED:
            return fail(Fault::closed, detail);
        case EACCES:
        case EPERM:
        case ELOOP:
            return fail(Fault::denied, detail);
        case EAGAIN:
            return fail(Fault::busy, detail);
        default:
            return fail(Fault::io, detail);
    }
}

// A socket's address has 108 bytes; a data folder's path may have more. So the folder is opened,
// and the address goes through its descriptor.
struct Place {
    Descriptor folder;
    std::string name;
    sockaddr_un address{};
};

Result<Place> place_of(const fs::path& path) {
    Place place;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    place.name = path.filename().string();
    place.folder = Descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!place.folder) return refuse(errno, "open", folder);
    const std::string through =
        "/proc/self/fd/" + std::to_string(place.folder.get()) + "/" + place.name;
    if (through.size() >= sizeof place.address.sun_path)
        return fail(Fault::denied, path.string() + ": the socket's name is too long");
    place.address.sun_family = AF_UNIX;
    std::memcpy(place.address.sun_path, through.c_str(), through.size() + 1);
    return place;
}

Descriptor new_socket() {
    return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

Result<Descriptor> connect_to(const Place& place, const fs::path& path) {
    Descriptor socket = new_socket();
    if (!socket) return refuse(errno, "socket", path);
    if (::connect(socket.get(), generic(place.address), sizeof place.address) != 0)
        return refuse(errno, "connect", path);
    return socket;
}

Result<void> check_folder(const Place& place, const fs::path& path) {
    struct stat status{};
    if (::fstat(place.folder.get(), &status) != 0) return refuse(errno, "stat", path.parent_path());
    const std::string folder = path.parent_path().string();
    if (status.st_uid != ::geteuid())
        return fail(Fault::denied, folder + " belongs to another user: run chown " +
                                       std::to_string(::geteuid()) + " " + folder);
    if ((status.st_mode & 0077) != 0)
        return fail(Fault::denied, folder + " is open to others: run chmod 700 " + folder);
    return {};
}

// The store's lock keeps two nodes off one folder, so nobody can start to listen between the look
// and the unlink.
Result<void> clear(const Place& place, const fs::path& path) {
    struct stat status{};
    if (::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? Result<void>() : refuse(errno, "stat", path);
    if (!S_ISSOCK(status.st_mode))
        return fail(Fault::denied, path.string() + " is no socket: move it away");
    const auto other = connect_to(place, path);
    if (other || other.error().fault == Fault::busy)
        return fail(Fault::conflict, path.string() + ": another node listens there");
    if (other.error().fault != Fault::closed) return std::unexpected(other.error());
    if (::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0)
        return refuse(errno, "remove", path);
    return {};
}

}  // namespace

Result<Descriptor> connect_to(const fs::path& path) {
    const auto place = place_of(path);
    if (!place) return std::unexpected(place.error());
    return connect_to(*place, path);
}

Result<Descriptor> listen_at(const fs::path& path, int backlog) {
    const auto place = place_of(path);
    if (!place) return std::unexpected(place.error());
    if (const auto folder = check_folder(*place, path); !folder)
        return std::unexpected(folder.error());
    if (const auto cleared = clear(*place, path); !cleared) return std::unexpected(cleared.error());
    Descriptor socket = new_socket();
    if (!socket) return refuse(errno, "socket", path);
    // Before bind: Linux makes the file with the socket's own mode, so it is never wider than this.
    if (::fchmod(socket.get(), 0600) != 0 ||
        ::bind(socket.get(), generic(place->address), sizeof place->address) != 0 ||
        ::listen(socket.get(), backlog) != 0)
        return refuse(errno, "listen", path);
    return socket;
}

}  // namespace sanad::api
