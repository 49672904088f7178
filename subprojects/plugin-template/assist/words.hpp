#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// The rule of the assistant, apart from the plugin, so that a test can ask it.
namespace name_of_plugin {

/// How many of the words are in the text, letter by letter.
inline std::size_t found_in(std::string_view text, const std::vector<std::string>& words) {
    return static_cast<std::size_t>(std::count_if(
        words.begin(), words.end(),
        [&](const std::string& word) { return !word.empty() && text.find(word) != text.npos; }));
}

}  // namespace name_of_plugin
