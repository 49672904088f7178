#include "nodes/plugin-check/own_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace sanad::plugin_check {

namespace {

constexpr int descriptors_looked_at = 5'000;

Descriptor open_file(const char* file) { return Descriptor(::open(file, O_RDONLY | O_CLOEXEC)); }

}  // namespace

OwnProcess::OwnProcess()
    : status_(open_file("/proc/self/status")),
      memory_(open_file("/proc/self/statm")),
      maps_(open_file("/proc/self/maps")) {}

std::string OwnProcess::read(const Descriptor& file) const {
    std::string all;
    std::array<char, 4096> piece;
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return all;
    for (ssize_t got; (got = ::read(file.get(), piece.data(), piece.size())) > 0;)
        all.append(piece.data(), static_cast<std::size_t>(got));
    return all;
}

std::size_t OwnProcess::threads() const {
    constexpr std::string_view word = "\nThreads:";
    const std::string status = read(status_);
    const std::size_t at = status.find(word);
    return at == status.npos ? 0 : std::strtoull(status.c_str() + at + word.size(), nullptr, 10);
}

std::size_t OwnProcess::resident_bytes() const {
    const std::string memory = read(memory_);
    const std::size_t at = memory.find(' ');
    if (at == memory.npos) return 0;
    return std::strtoull(memory.c_str() + at, nullptr, 10) *
           static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t OwnProcess::descriptors() {
    std::size_t open = 0;
    for (int number = 0; number < descriptors_looked_at; ++number)
        open += ::fcntl(number, F_GETFD) >= 0 ? 1 : 0;
    return open;
}

bool OwnProcess::maps(std::string_view file_name) const {
    return read(maps_).find("/" + std::string(file_name)) != std::string::npos;
}

}  // namespace sanad::plugin_check
