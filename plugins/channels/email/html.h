#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

inline constexpr std::size_t html_bytes_max = 2U << 20;  // what follows is not read

/// The words of a page, as a person would read them: paragraphs and lists as lines, cells of a
/// table parted by " | ", a link as its words and its address, quoted blocks behind "> ". What is
/// hidden, styles, scripts and comments are not shown; nothing is fetched.
///
/// html   UTF-8
/// source our own list of elements: what is not on it gives its words and nothing else
std::string text_of_html(std::string_view html);

}  // namespace sanad::email
