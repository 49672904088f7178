#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <filesystem>
#include <string>

namespace sanad::plugins {

/// How a process ended.
struct ProcessEnd {
    bool by_signal = false;
    int number = 0;  // of the signal, or the exit code

    /// "SIGSEGV" or "exit 3".
    std::string text() const;
};

/// The process of one isolated plugin. It has one descriptor, number 3, besides /dev/null as 0 to
/// 2, no environment, no signal blocked and a session of its own. It is addressed by a pidfd from
/// its first moment on, never by its number, which could be another's by then.
class HostProcess {
public:
    /// Starts `program`, and hands it `socket` as descriptor 3. The process is killed when the
    /// thread that calls this ends: it must live as long.
    ///
    /// title    its one argument, so that a person who lists processes knows them apart
    /// errors   not_found: no such program · denied · io
    static Result<HostProcess> spawn(const std::filesystem::path& program, const std::string& title,
                                     const Descriptor& socket);
    /// Kills it when it still runs.
    ~HostProcess();
    HostProcess(HostProcess&&) noexcept = default;
    HostProcess& operator=(HostProcess&&) noexcept = default;

    /// Readable once the process has ended.
    int ended() const { return process_.get(); }
    void kill() const;
    /// Waits until it has ended; once.
    ProcessEnd wait();

private:
    explicit HostProcess(Descriptor process) : process_(std::move(process)) {}

    Descriptor process_;  // a pidfd
};

}  // namespace sanad::plugins
