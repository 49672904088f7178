#pragma once

#include "core/plugins/manifest.h"

#include <string>
#include <string_view>

// The rules of the static checks that are no more than lists and forms.
namespace sanad::plugin_check {

/// Functions that act on the whole process, and so on the node or on other plugins: no plugin may
/// call one.
bool is_banned_import(std::string_view function);

/// Why a library that a plugin needs may not be needed; empty: it may.
std::string objection_to_library(std::string_view needed);

bool is_version(std::string_view version);
bool is_license(std::string_view license);
/// Not empty, and no letter of another script. French words have Latin letters only.
bool is_title_in_latin(std::string_view title);
bool is_title_in_arabic(std::string_view title);

/// What the node can give to a plugin of this kind: see sanad/extensions.h.
bool is_known_grant(plugins::Kind kind, std::string_view grant);

}  // namespace sanad::plugin_check
