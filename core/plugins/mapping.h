#pragma once

#include "core/base/result.h"

#include <sanad/plugin.h>

#include <filesystem>
#include <memory>

namespace sanad::plugins {

/// A library in this process, and the entry that it exports: what the node and the host of isolated
/// plugins have in common. Loading runs the library's constructors.
class Mapping {
public:
    /// file    absolute
    /// errors  malformed: it cannot be loaded, has no entry, or a damaged one
    static Result<std::unique_ptr<Mapping>> load(const std::filesystem::path& file);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    const sanad_entry& entry() const { return *entry_; }
    /// It is never unloaded.
    void keep();

private:
    struct Loaded;
    Mapping();

    std::unique_ptr<Loaded> loaded_;
    const sanad_entry* entry_ = nullptr;
};

/// Whether a plugin's table has all of its functions.
bool is_whole(const sanad_plugin& plugin);

}  // namespace sanad::plugins
