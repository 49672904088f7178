#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sanad {

/// The words with `between` between them; empty when there is none.
inline std::string join(const std::vector<std::string>& words, std::string_view between) {
    std::string joined;
    for (const std::string& word : words)
        joined.append(joined.empty() ? std::string_view() : between).append(word);
    return joined;
}

}  // namespace sanad
