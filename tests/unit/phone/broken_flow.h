#pragma once

#include <string>
#include <vector>

namespace sanad::phone::test {

/// The shipped flow with one thing wrong.
struct Broken {
    std::string
        from;  // in config/phone/flow.toml, once or more: the first is replaced; empty: `to` is
    std::string to;  // laid over it, with a number to call, if it has none itself
    std::vector<std::string> complaints;  // all of them, as they are shown
};

/// Checks that each one is refused, with exactly its complaints.
void check_broken(const std::vector<Broken>& all);

inline const std::string a_name = "write a name: 1 to 40 of a-z, 0-9 and _";
inline const std::string take_away = "take it away, or mend its name";
inline const std::string name_one = "name one that is there, or add it";

}  // namespace sanad::phone::test
