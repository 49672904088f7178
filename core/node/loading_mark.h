#pragma once

#include "core/base/result.h"
#include "core/node/configuration.h"

#include <filesystem>
#include <string>
#include <utility>

namespace sanad::node {

/// A file in the data folder that is there while a plugin is loaded into this process and started.
/// One that is left says that the process ended meanwhile, and the next one does not try again by
/// itself.
class LoadingMark {
public:
    /// errors  io, exhausted: it cannot be written
    static Result<LoadingMark> set(const Configuration& configuration, const std::string& instance);
    /// Takes it away: the process is still there, whatever became of the plugin.
    ~LoadingMark();
    LoadingMark(LoadingMark&& other) noexcept : file_(std::exchange(other.file_, {})) {}
    LoadingMark& operator=(LoadingMark&&) = delete;
    LoadingMark(const LoadingMark&) = delete;
    LoadingMark& operator=(const LoadingMark&) = delete;

    /// Whether one is left of an earlier process. Before set().
    static bool is_left(const Configuration& configuration, const std::string& instance);

private:
    explicit LoadingMark(std::filesystem::path file) : file_(std::move(file)) {}
    std::filesystem::path file_;  // empty: moved from
};

}  // namespace sanad::node
