#pragma once

#include "nodes/plugin-check/check.h"

// What all checks found, for people and for programs.
namespace sanad::plugin_check {

struct Finding {
    std::string id;
    Suite suite = Suite::file;
    Mode mode = Mode::none;
    std::string title, mend;
    Verdict verdict;
    Duration took{0};
};

enum class Tier : std::uint8_t { none, bronze, silver, gold };
/// "none", "bronze", "silver", "gold".
const char* name(Tier tier);

struct Report {
    std::string file;
    std::string plugin, version, kind;  // empty: the file is no plugin
    std::uint64_t seed = 0;
    std::vector<Finding> findings;
    bool whole = true;  // all checks were asked for, in both modes
};

/// bronze: all checks of the suites static and load passed. silver: those of behaviour as well.
/// gold: those of its kind and the soak too. A check that was skipped is not passed,
/// and no tier is given for a part of the checks.
Tier tier_of(const Report& report);

/// Whether a check failed. What was skipped has not.
bool has_failed(const Report& report);

std::string as_text(const Report& report);
std::string as_json(const Report& report);

}  // namespace sanad::plugin_check
