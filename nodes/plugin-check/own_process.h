#pragma once

#include "core/base/descriptor.h"

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::plugin_check {

/// The processes that this one has started: in a check, the plugin's and no other.
std::vector<pid_t> children();

/// How much memory another process has; 0: it is gone.
std::size_t resident_bytes_of(pid_t process);

/// What the system says about this process, asked through descriptors that were opened before a
/// sandbox closes it. threads  one
class OwnProcess {
public:
    OwnProcess();

    std::size_t threads() const;
    /// Waits for ended threads to be gone, which the system takes a moment for. returns  whether at
    /// most `count` are left
    bool settles_at(std::size_t count) const;
    std::size_t resident_bytes() const;
    /// Open descriptors below 5,000.
    static std::size_t descriptors();
    /// Whether a file of this name is mapped.
    bool maps(std::string_view file_name) const;

private:
    std::string read(const Descriptor& file) const;

    Descriptor status_, memory_, maps_;
};

}  // namespace sanad::plugin_check
