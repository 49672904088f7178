#pragma once

#include "plugins/channels/phone/flow/flow.h"

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Makes a Flow of the file config/phone/flow.toml and of what a country lays over it, and refuses
// one in which a caller could be lost: every complaint at once, each with its place and its remedy.
namespace sanad::phone {

inline constexpr std::size_t flow_bytes_max = 256 * 1024;

/// What is wrong, where, and how to mend it.
struct Complaint {
    std::string place;  // such as `state menu, press.2`, or `language 1`
    std::string wrong;
    std::string mend;
    bool operator==(const Complaint&) const = default;

    /// "state menu, press.2: no state is called voicmail: name one that is there, or add it"
    std::string text() const { return place + ": " + wrong + ": " + mend; }
};

/// Whether a prompt can be said in a language, by its own voice or by one that stands in for it.
using CanSay = std::function<bool(std::string_view language, std::string_view prompt)>;

/// Reads both files, joins them and checks the whole.
///
/// text     TOML, at most flow_bytes_max
/// overlay  TOML or empty: its `language`, `emergency`, `hours`, `cover`, `danger`, `silent` and
///          `start` are taken in place of the others, and so is each [state.…], whole
/// errors   at least one complaint; those of how it is written come alone
/// throws   nothing but std::bad_alloc
std::expected<Flow, std::vector<Complaint>> read_flow(std::string_view text,
                                                      std::string_view overlay,
                                                      const CanSay& can_say);

/// Whether a caller can be lost in a flow that is written rightly: see flow_check.cpp for each
/// rule.
std::vector<Complaint> check_flow(const Flow& flow, const CanSay& can_say);

}  // namespace sanad::phone
