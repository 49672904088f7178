#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/plugins/manifest.h"
#include "core/plugins/mapping.h"

#include <sanad/plugin.h>

#include <filesystem>
#include <memory>

namespace sanad::plugins {

/// A plugin's library, mapped into this process: loading runs its constructors, and nothing of it
/// may be used once it is unloaded. Held by a shared_ptr: whoever lists the plugins, and each
/// instance.
///
/// A file must not be overwritten while it is loaded, and a new version needs a new name: the
/// loader would hand out the old code again.
class Library {
public:
    /// Reads the manifest first, and loads only what is of this node's ABI; then checks that the
    /// exported entry says the same as the manifest.
    /// errors  those of read_plugin; malformed: it cannot be loaded, has no entry, or another one
    ///         than its manifest says
    static Result<std::shared_ptr<Library>> load(const std::filesystem::path& file);
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    const Manifest& manifest() const { return file_.manifest; }
    ByteView config_schema() const { return file_.config_schema; }
    const sanad_entry& entry() const { return mapping_->entry(); }

    /// Never unload it: the plugin asked so.
    void keep_loaded() { mapping_->keep(); }

private:
    explicit Library(PluginFile file);

    PluginFile file_;
    std::unique_ptr<Mapping> mapping_;
};

}  // namespace sanad::plugins
