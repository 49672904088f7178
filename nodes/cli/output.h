#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

// Plain text for a terminal. What somebody wrote is shown so that it cannot move the cursor, turn
// the direction of the line, or look like something it is not.
namespace sanad::cli {

inline constexpr std::size_t argument_bytes_max = 64 << 10;

/// One line of untrusted text: every control character, every bidirectional control and whatever is
/// no UTF-8 becomes `\u{...}` or `\x..`.
std::string shown(std::string_view text);
/// The same for prose: newlines stay, and each line begins with `margin`.
std::string shown_prose(std::string_view text, std::string_view margin);

/// Rows under headings. All columns but the last are padded, so prose and names belong into the
/// last.
class Table {
public:
    explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}
    /// Cells are shown(); an empty one is a dash.
    void add(std::vector<std::string> cells);
    /// `nothing` when there are no rows.
    std::string text(std::string_view nothing) const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// `name  value`, and nothing when the value is empty.
std::string line(std::string_view name, std::string_view value);
std::string join(const std::vector<std::string>& words);

/// Writes to the standard output. returns  exit_done, or exit_output_failed with a word on stderr
int print(std::string_view text);

/// `sanad: what is wrong: how to mend it`, shown(); returns `exit`.
int complain(std::string_view what, int exit);
/// The same of an error whose detail is whole lines for a person; each gets its own.
int complain(const Error& error, int exit);

}  // namespace sanad::cli
