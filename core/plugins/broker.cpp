#include "core/plugins/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <memory>

namespace sanad::plugins {

namespace {

constexpr std::string_view system_trust = "system-trust";
constexpr std::array<const char*, 3> system_trust_files = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

std::optional<std::uint16_t> port_from(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
}

std::optional<Address> address_from(const std::string& text, std::uint16_t port) {
    Address address;
    sockaddr_in four{};
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        std::memcpy(&address.bytes, &four, address.size = sizeof four);
        return address;
    }
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) != 1) return std::nullopt;
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&address.bytes, &six, address.size = sizeof six);
    return address;
}

// Host and port of `scheme://host[:port]/…`; the host in lower case and without brackets.
std::optional<std::pair<std::string, std::uint16_t>> place_of(std::string_view url) {
    const std::size_t scheme_end = url.find("://");
    if (scheme_end == url.npos) return std::nullopt;
    std::uint16_t port = url.substr(0, scheme_end) == "http" ? 80 : 443;
    std::string_view place = url.substr(scheme_end + 3);
    place = place.substr(0, std::min(place.find_first_of("/?#"), place.size()));
    if (place.find('@') != place.npos) return std::nullopt;
    const std::size_t bracket = place.rfind(']');
    const std::size_t colon = place.rfind(':');
    if (colon != place.npos && (bracket == place.npos || colon > bracket)) {
        const auto given = port_from(place.substr(colon + 1));
        if (!given || *given == 0) return std::nullopt;
        port = *given;
        place = place.substr(0, colon);
    }
    if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
    std::string host(place);
    std::ranges::transform(host, host.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    });
    return std::pair{host, port};
}

std::unexpected<Error> refuse(int error) {
    const Fault fault = error == EADDRINUSE                   ? Fault::busy
                        : error == ENOENT || error == ENOTDIR ? Fault::not_found
                                                              : Fault::io;
    return fail(fault, std::strerror(error));
}

Result<Descriptor> listen_at(const Address& address) {
    Descriptor socket(
        ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return refuse(errno);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), address.get(), address.size) != 0) return refuse(errno);
    if (::listen(socket.get(), SOMAXCONN) != 0) return refuse(errno);
    return socket;
}

Result<Descriptor> copy_of(const Descriptor& original) {
    Descriptor copy(::fcntl(original.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) return refuse(errno);
    return copy;
}

using Steady = std::chrono::steady_clock;

Result<Descriptor> connect_to(const addrinfo& to, Steady::time_point until) {
    Descriptor socket(::socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return refuse(errno);
    if (::connect(socket.get(), to.ai_addr, to.ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) return refuse(errno);
    const auto left = std::chrono::ceil<Duration>(until - Steady::now());
    pollfd watched{socket.get(), POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) != 1)
        return fail(Fault::expired, "no connection in time");
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return refuse(error);
    return socket;
}

Result<Descriptor> open_file(const std::string& path, bool secret) {
    if (path.empty()) return fail(Fault::not_found, "no file is named");
    // Not blocking, so that a pipe somebody left there holds nobody up.
    const int link = secret ? O_NOFOLLOW : 0;
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | link));
    if (!file) return refuse(errno);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return refuse(errno);
    if (!S_ISREG(facts.st_mode)) return fail(Fault::invalid, "no file");
    if (secret && (facts.st_uid != ::geteuid() || (facts.st_mode & 077U) != 0))
        return fail(Fault::invalid, "a secret that others may read");
    return file;
}

// Beneath a folder, by no link and by no way out of it.
Result<Descriptor> open_beneath(const std::string& folder, const std::string& path) {
    if (folder.empty()) return fail(Fault::not_found, "no folder is named");
    const Descriptor top(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!top) return refuse(errno);
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    Descriptor file(
        static_cast<int>(::syscall(SYS_openat2, top.get(), path.c_str(), &how, sizeof how)));
    if (!file && (errno == ELOOP || errno == EXDEV)) return fail(Fault::invalid, "not in it");
    if (!file) return refuse(errno);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return refuse(errno);
    if (!S_ISREG(facts.st_mode)) return fail(Fault::invalid, "no file");
    return file;
}

Result<Descriptor> open_system_trust() {
    for (const char* name : system_trust_files)
        if (auto file = open_file(name, false)) return file;
    return fail(Fault::not_found, "this machine has no list of authorities");
}

}  // namespace

std::vector<std::string> effective_grants(const std::vector<std::string>& asked,
                                          const std::optional<std::vector<std::string>>& given) {
    if (!given) return asked;
    std::vector<std::string> both;
    for (const std::string& grant : asked)
        if (std::ranges::find(*given, grant) != given->end()) both.push_back(grant);
    return both;
}

Broker::Broker(std::vector<std::string> grants, ConfigurationFields fields)
    : grants_(std::move(grants)), fields_(std::move(fields)) {}

void Broker::take_over(const Broker& former) {
    const std::scoped_lock lock(mutex_, former.mutex_);
    for (const auto& [name, listening] : former.listening_)
        if (auto copy = copy_of(listening.socket))
            listening_.insert_or_assign(name, Listening{listening.at, std::move(*copy)});
}

void Broker::let_go() {
    const std::lock_guard lock(mutex_);
    listening_.clear();
}

void Broker::configure(ConfigurationFields fields) {
    const std::lock_guard lock(mutex_);
    fields_ = std::move(fields);
}

bool Broker::has(std::string_view grant) const {
    return std::ranges::find(grants_, grant) != grants_.end();
}

std::uint64_t Broker::kept_bytes() const {
    constexpr std::string_view kind = "kv:";
    for (const std::string_view grant : grants_) {
        if (!grant.starts_with(kind)) continue;
        std::uint64_t bytes = 0;
        const char* last = grant.data() + grant.size();
        const auto [end, fault] = std::from_chars(grant.data() + kind.size(), last, bytes);
        if (fault == std::errc{} && end == last) return std::min(bytes, kept_bytes_max);
    }
    return 0;
}

bool Broker::has_network() const {
    return std::ranges::any_of(grants_,
                               [](const auto& grant) { return grant.starts_with("net."); });
}

bool Broker::granted(std::string_view kind, std::string_view name) const {
    return std::ranges::any_of(grants_, [&](std::string_view grant) {
        return grant.starts_with(kind) && grant.substr(kind.size()) == name;
    });
}

std::string Broker::field(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = fields_.find(name);
    return found == fields_.end() ? std::string() : found->second;
}

Result<Descriptor> Broker::listen(std::string_view name) {
    if (!granted("net.listen:", name)) return fail(Fault::denied, "net.listen");
    const std::string address_text = field(std::string(name) + "Address");
    const std::string port_text = field(std::string(name) + "Port");
    const auto port = port_from(port_text);
    const auto address = port ? address_from(address_text, *port) : std::nullopt;
    if (!address) return fail(Fault::invalid, "no address and port to listen at");
    const std::string at = address_text + " " + port_text;
    const std::lock_guard lock(mutex_);
    const auto found = listening_.find(name);
    if (found != listening_.end() && found->second.at == at) return copy_of(found->second.socket);
    if (found != listening_.end()) listening_.erase(found);
    auto socket = listen_at(*address);
    if (!socket) return socket;
    auto copy = copy_of(*socket);
    listening_.emplace(std::string(name), Listening{at, std::move(*socket)});
    return copy;
}

bool Broker::may_connect(const std::string& host, std::uint16_t port) const {
    constexpr std::string_view kind = "net.connect:";
    return std::ranges::any_of(grants_, [&](const std::string& grant) {
        if (!grant.starts_with(kind)) return false;
        const auto place = place_of(field(grant.substr(kind.size())));
        return place && place->first == host && place->second == port;
    });
}

Result<Descriptor> Broker::connect(const std::string& host, std::uint16_t port, Duration limit) {
    if (!may_connect(host, port)) return fail(Fault::denied, "net.connect");
    const auto until = Steady::now() + limit;
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
        return fail(Fault::not_found, "no address has that name");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
    Result<Descriptor> connected = fail(Fault::not_found, "no address has that name");
    for (const addrinfo* one = all.get(); one && !connected; one = one->ai_next)
        connected = connect_to(*one, until);
    return connected;
}

Result<Descriptor> Broker::open(std::string_view name) {
    if (const auto slash = name.find('/'); slash != name.npos) {
        const std::string_view folder = name.substr(0, slash);
        if (!granted("folder:", folder)) return fail(Fault::denied, "folder");
        return open_beneath(field(std::string(folder)), std::string(name.substr(slash + 1)));
    }
    const bool secret = granted("secret:", name);
    if (!secret && !granted("file:", name)) return fail(Fault::denied, "file");
    if (name == system_trust) return open_system_trust();
    return open_file(field(std::string(name)), secret);
}

}  // namespace sanad::plugins
