#include "nodes/plugin-check/own_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace sanad::plugin_check {

namespace {

constexpr int descriptors_looked_at = 5'000;

Descriptor open_file(const char* file) { return Descriptor(::open(file, O_RDONLY | O_CLOEXEC)); }

// Of the text of a file /proc/…/statm: the second number, in pages.
std::size_t resident_in(const std::string& memory) {
    const std::size_t at = memory.find(' ');
    if (at == memory.npos) return 0;
    return std::strtoull(memory.c_str() + at, nullptr, 10) *
           static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::vector<pid_t> children() {
    std::vector<pid_t> found;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream numbers(task.path() / "children");
        for (pid_t child = 0; numbers >> child;) found.push_back(child);
    }
    return found;
}

std::size_t resident_bytes_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/statm");
    return resident_in({std::istreambuf_iterator<char>(file), {}});
}

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

bool OwnProcess::settles_at(std::size_t count) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (threads() > count) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

std::size_t OwnProcess::resident_bytes() const { return resident_in(read(memory_)); }

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
