#pragma once

#include "core/base/result.h"
#include "core/node/configuration.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// What every benchmark needs: a watch, an end with a sentence, and the machine's own limits.
namespace sanad::bench {

using Watch = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why);

/// The value, or the end of the program with `what` failed and why.
template <typename T>
T need(Result<T> result, const char* what) {
    if (!result)
        give_up(std::string(what) + ": " + name(result.error().fault) + ": " +
                result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double microseconds(Watch::duration span);
double seconds(Watch::duration span);
/// share 0..1 of `values`, of which there is at least one.
double quantile(std::vector<double> values, double share);

/// User and system time of this process so far.
double own_cpu_seconds();

/// How many writes of 4 KiB a second reach the disk one after the other, by their median.
double fdatasync_per_second(const std::filesystem::path& folder);
/// One record of 1 KiB a commit through the storage plugin, the median.
double lmdb_commit_us(const node::Configuration& configuration,
                      const std::filesystem::path& folder);

}  // namespace sanad::bench
