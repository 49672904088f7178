#include "nodes/plugin-check/static_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace sanad::plugin_check {

namespace {

constexpr std::array banned_imports = {
    // Other processes and programs.
    "fork",
    "vfork",
    "_Fork",
    "__fork",
    "clone",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execveat",
    "execvp",
    "execvpe",
    "fexecve",
    "posix_spawn",
    "posix_spawnp",
    "system",
    "popen",
    "ptrace",
    "daemon",
    "pthread_atfork",
    "__register_atfork",
    "process_vm_readv",
    "process_vm_writev",
    // Signals: a handler belongs to the process.
    "signal",
    "bsd_signal",
    "sysv_signal",
    "__sysv_signal",
    "ssignal",
    "sigaction",
    "sigset",
    "kill",
    "killpg",
    "sigqueue",
    // What all threads of the process share.
    "setlocale",
    "setenv",
    "putenv",
    "unsetenv",
    "clearenv",
    "chdir",
    "fchdir",
    "chroot",
    "umask",
    "setuid",
    "setgid",
    "seteuid",
    "setegid",
    "setresuid",
    "setresgid",
    "setrlimit",
    "prctl",
    "sigprocmask",
    // The end of the process.
    "atexit",
    "on_exit",
    "at_quick_exit",
    "exit",
    "_exit",
    "_Exit",
    "quick_exit",
    // Code that nobody has looked at.
    "dlopen",
    "dlmopen",
};

// Of these the node has its own version in its process.
constexpr std::array shared_with_node = {"libcapnp-",    "libkj-",    "libsodium.so", "libzmq.so",
                                         "libcrypto.so", "libssl.so", "libstdc++.so"};
constexpr std::array versions_of_node = {"libcapnp-" SANAD_CAPNP_VERSION ".so",
                                         "libkj-" SANAD_CAPNP_VERSION ".so",
                                         "libsodium.so.23",
                                         "libzmq.so.5",
                                         "libcrypto.so.3",
                                         "libssl.so.3",
                                         "libstdc++.so.6"};

/// Another library of the version that the node has, such as libcapnp-json.
bool is_sibling(std::string_view needed) { return needed.ends_with("-" SANAD_CAPNP_VERSION ".so"); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Each code point of UTF-8; false as soon as one is not accepted.
template <typename Accept>
bool all_code_points(std::string_view text, Accept accept) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t point = size == 1 ? lead : lead & (0x7fU >> size);
        for (std::size_t n = 1; n < size && at + n < text.size(); ++n)
            point = point << 6 | (static_cast<unsigned char>(text[at + n]) & 0x3fU);
        if (!accept(point)) return false;
        at += size;
    }
    return true;
}

constexpr std::uint32_t arabic_first = 0x600, arabic_last = 0x6ff;

bool takes(std::string_view grant, std::span<const std::string_view> known) {
    return std::ranges::any_of(known, [grant](std::string_view one) {
        return one.ends_with(':') ? grant.starts_with(one) && grant.size() > one.size()
                                  : grant == one;
    });
}

}  // namespace

bool is_banned_import(std::string_view function) {
    return std::ranges::find(banned_imports, function) != banned_imports.end();
}

std::string objection_to_library(std::string_view needed) {
    if (needed.find('/') != needed.npos) return "it is named by its place";
    if (needed.starts_with("libsanad") || needed.starts_with("sanad"))
        return "the node exports nothing to link against";
    if (needed.starts_with("libasan") || needed.starts_with("libtsan") ||
        needed.starts_with("libubsan"))
        return "this is a build for testing";
    for (std::size_t n = 0; n < shared_with_node.size(); ++n)
        if (needed.starts_with(shared_with_node[n]) && needed != versions_of_node[n] &&
            !is_sibling(needed))
            return std::string("the node uses ") + versions_of_node[n] +
                   ", and the loader would mix both";
    return {};
}

bool is_version(std::string_view version) {
    int numbers = 0;
    for (std::size_t at = 0; at <= version.size(); ++numbers) {
        const std::size_t end = std::min(version.find('.', at), version.size());
        const auto number = version.substr(at, end - at);
        if (number.empty() || number.size() > 5 || !std::ranges::all_of(number, is_digit))
            return false;
        at = end + 1;
    }
    return numbers == 3;
}

bool is_license(std::string_view license) {
    constexpr std::string_view others = "-.+ ()";
    return !license.empty() && std::ranges::all_of(license, [&](char c) {
        return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               others.find(c) != others.npos;
    });
}

bool is_title_in_latin(std::string_view title) {
    return !title.empty() && all_code_points(title, [](std::uint32_t point) {
        return point < arabic_first || point > arabic_last;
    });
}

bool is_title_in_arabic(std::string_view title) {
    bool any = false;
    all_code_points(title, [&any](std::uint32_t point) {
        any = any || (point >= arabic_first && point <= arabic_last);
        return true;
    });
    return any;
}

bool is_known_grant(plugins::Kind kind, std::string_view grant) {
    constexpr std::string_view of_all[] = {
        "secret:", "file:", "folder:", "net.listen:", "net.connect:", "kv:", "clock"};
    constexpr std::string_view of_channel[] = {"inbound.submit", "outbound.deliver", "calls.route",
                                               "net.own"};
    constexpr std::string_view of_partner[] = {"partner.view", "partner.view:", "partner.status"};
    constexpr std::string_view of_desk[] = {"session.proxy"};
    constexpr std::string_view of_assist[] = {"assist.text:redacted", "assist.text:full",
                                              "notify.duty"};
    if (takes(grant, of_all)) return true;
    switch (kind) {
        case plugins::Kind::channel:
            return takes(grant, of_channel);
        case plugins::Kind::partner:
            return takes(grant, of_partner);
        case plugins::Kind::desk:
            return takes(grant, of_desk);
        case plugins::Kind::assist:
            return takes(grant, of_assist);
        case plugins::Kind::storage:
            return false;
    }
    return false;
}

}  // namespace sanad::plugin_check
