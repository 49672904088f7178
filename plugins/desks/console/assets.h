#pragma once

#include <span>
#include <string_view>

// The page's files, built by web/build.mjs into one C++ file.
namespace sanad::console {

struct Asset {
    std::string_view path;   // "/" is the page; all others have a hash of their content in the name
    std::string_view type;   // of the header Content-Type
    std::string_view plain;  // the file
    std::string_view gzipped;  // the same in gzip; empty where that is not smaller, as with fonts
};

/// Every file of the page, for as long as the program runs.
///
/// threads  any
std::span<const Asset> assets();

}  // namespace sanad::console
