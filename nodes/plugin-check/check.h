#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/plugins/manifest.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What `sanad plugin check` asks of a plugin: a list of checks, each a function that runs in a
// process of its own, and what each found.
namespace sanad::plugin_check {

inline constexpr Duration check_limit{10'000};  // of one check; then its process is ended
inline constexpr std::uint64_t seed_default = 20'261'130;

enum class Suite : std::uint8_t { file, load, behaviour, kind, soak };
/// As in the report: "static", "load", ...
const char* name(Suite suite);

/// Where the plugin's code runs while it is checked.
enum class Mode : std::uint8_t { none, in_process, isolated };
/// As on the command line: "", "inprocess", "isolated".
const char* name(Mode mode);

enum class Outcome : std::uint8_t { passed, failed, skipped };
const char* name(Outcome outcome);

struct Verdict {
    Outcome outcome = Outcome::passed;
    std::string what;  // failed: what was found; skipped: why; passed: what was seen, or nothing
};
inline Verdict passed(std::string what = {}) { return {Outcome::passed, std::move(what)}; }
inline Verdict failed(std::string what) { return {Outcome::failed, std::move(what)}; }
inline Verdict skipped(std::string why) { return {Outcome::skipped, std::move(why)}; }

/// JSON objects for the plugin's own configuration, with placeholders; see settings.h.
struct Settings {
    std::string first = "{}";  // the only one, but for storage
    std::string again;         // storage: opens what `first` has made; empty: as `first`
    std::string restored;      // storage: opens what was made from the backup; empty: none
    bool given = false;
};

/// The plugin that is checked.
struct Subject {
    std::filesystem::path file;                 // absolute
    Bytes library;                              // the file's bytes
    std::optional<plugins::PluginFile> plugin;  // empty: the static suite says why
    Settings settings;
    std::filesystem::path plugin_host;  // the program sanad-plugin-host
    std::filesystem::path folder;       // of this one check: empty, and removed afterwards
    std::uint64_t seed = seed_default;
};

struct Check {
    std::string id;  // such as "static.exports"
    Suite suite = Suite::file;
    std::string title;  // what is true of a plugin that passes
    std::string mend;   // what its author does when it fails
    std::function<Verdict(const Subject&, Mode)> run;
    std::vector<Mode> modes{Mode::none};  // it runs once in each
    bool gate = false;                    // nothing that comes later has any sense unless it passes
};

std::vector<Check> static_checks();
std::vector<Check> load_checks();
std::vector<Check> behaviour_checks();
std::vector<Check> message_checks();
std::vector<Check> crash_checks();
/// Those of one kind of plugin. threads  main, as all of these
std::vector<Check> kind_checks(plugins::Kind kind);
std::vector<Check> storage_checks();
std::vector<Check> soak_checks();

/// All that are asked of a plugin of this kind, in their order; empty kind: the static ones.
std::vector<Check> all_checks(std::optional<plugins::Kind> kind);

}  // namespace sanad::plugin_check
