#pragma once

#include "core/casework/form.h"
#include "core/node/configuration.h"

#include <filesystem>
#include <string>
#include <string_view>

// Where the case form is: share/forms/case.toml, what the country changes of it in
// share/countries/XX/form.toml, and what the helpline itself changes in the data folder's
// form.toml.
namespace sanad::node {

inline constexpr std::size_t form_bytes_max = 128 << 10;

/// A whole form, or a change of one: both are the same file, and a change may also name fields that
/// go (`remove`) and where a field stands (`after`).
///
/// file    what mistakes are named with
/// errors  those of parse_toml() and Settings, each with its line
Result<casework::FormChange> parse_form(std::string_view text, const std::string& file);

/// The form of this node, checked. A country and a helpline without a change of their own have
/// none.
///
/// own     the helpline's change, in the place of what is in the data folder; null: that
/// errors  those of parse_form(), changed() and check_form(), the detail naming the file
Result<casework::Form> load_form(const Configuration& configuration,
                                 const casework::Taxonomies& taxonomies,
                                 const std::string* own = nullptr);

/// Checks the helpline's own change and keeps it in the data folder; the form with it.
/// errors  those of load_form() · io
Result<casework::Form> install_form(const Configuration& configuration,
                                    const casework::Taxonomies& taxonomies, const std::string& own);

}  // namespace sanad::node
