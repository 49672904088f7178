#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/plugins/mapping.h"
#include "nodes/plugin-host/sandbox.h"

#include <filesystem>
#include <memory>

namespace sanad::plugin_check {

enum class Closing : unsigned char {
    nothing,     // the process stays as it is: for a plugin that the node trusts as itself
    to_loading,  // the first stage of an isolated plugin's sandbox: libraries can be loaded
    all          // both stages
};

/// The plugin's library in this process, which closes itself first, as sanad-plugin-host does:
/// loading runs the library's constructors. There is no way back.
class SandboxedLibrary {
public:
    /// errors  denied: this machine lacks a part of the sandbox; malformed: it cannot be loaded
    static Result<std::unique_ptr<SandboxedLibrary>> load(const std::filesystem::path& file,
                                                          plugin_host::Network sockets,
                                                          Closing closing);

    const sanad_entry& entry() const { return mapping_->entry(); }
    /// Unloads it and loads it again.
    Result<void> reload();

private:
    explicit SandboxedLibrary(Descriptor file) : file_(std::move(file)) {}

    Descriptor file_;
    std::unique_ptr<plugins::Mapping> mapping_;
};

}  // namespace sanad::plugin_check
