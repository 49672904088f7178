#pragma once

#include "core/base/result.h"
#include "core/federation/directory.h"

#include <optional>
#include <string>
#include <string_view>

// The lines of a directory's text: the part of its grammar that directory.cpp is built from.
namespace sanad::federation {

/// Goes through a text line by line; borrows it.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}

    /// The next line without `keyword` and newline, when it begins with `keyword` and is complete;
    /// nothing otherwise, and then the line stays the next one.
    std::optional<std::string_view> next(std::string_view keyword);
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// A node's line, without `node ` and newline; its keys' signature is not checked.
/// errors  malformed
Result<DirectoryNode> parse_node_line(std::string_view line);
/// What parse_node_line() reads, when the node's values are in their ranges.
std::string format_node_line(const DirectoryNode& node);

}  // namespace sanad::federation
