#pragma once

#include "nodes/plugin-check/report.h"

namespace sanad::plugin_check {

struct Choice {
    std::filesystem::path file;
    Settings settings;
    std::filesystem::path plugin_host;  // empty: the one that is installed or built beside us
    std::vector<Mode> modes{Mode::in_process, Mode::isolated};
    std::string only;  // the id of one check, or the start of several; empty: all
    std::uint64_t seed = seed_default;
};

/// Runs the chosen checks over one file, one after the other, each in a process of its own.
/// Call it while this process has no other thread.
/// errors  not_found, denied, io: the file cannot be read · bad_size: no plugin is as large ·
///         invalid: no check has this id
Result<Report> run_checks(const Choice& choice);

}  // namespace sanad::plugin_check
