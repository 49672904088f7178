#pragma once

#include "core/base/descriptor.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace sanad::plugin_check {

/// What the system says about this process, asked through descriptors that were opened before a
/// sandbox closes it. threads  one
class OwnProcess {
public:
    OwnProcess();

    std::size_t threads() const;
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
