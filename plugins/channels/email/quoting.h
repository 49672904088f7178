#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

struct Folded {
    std::string fresh;   // what is new
    std::string quoted;  // the messages quoted before or under it, as they stood
};

/// Parts what somebody wrote now from what they answer to: lines behind ">", the line above them
/// ("On ... wrote:", "Le ... a écrit :", "كتب ..."), and what mail programs put under a line of
/// dashes. When in doubt everything stays: answers between the lines, a mail that is only a quote,
/// and one that is passed on are fresh as a whole.
///
/// text  UTF-8 with lines ending in LF
Folded fold_quotes(std::string_view text);

}  // namespace sanad::email
