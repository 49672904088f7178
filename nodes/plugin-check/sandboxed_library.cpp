#include "nodes/plugin-check/sandboxed_library.h"

#include "core/plugins/manifest.h"
#include "nodes/plugin-host/sandbox.h"

#include <string>

namespace sanad::plugin_check {

namespace {

std::unexpected<Error> lacks(const plugin_host::Lacking& lacking) {
    std::string list;
    for (const std::string& what : lacking) list += (list.empty() ? "" : ", ") + what;
    return fail(Fault::denied, "this machine lacks a part of the sandbox: " + list);
}

}  // namespace

Result<std::unique_ptr<SandboxedLibrary>> SandboxedLibrary::load(const std::filesystem::path& file,
                                                                 plugin_host::Network sockets,
                                                                 Closing closing) {
    auto opened = plugins::open_plugin(file);
    if (!opened) return std::unexpected(opened.error());
    std::unique_ptr<SandboxedLibrary> library(new SandboxedLibrary(std::move(*opened)));
    if (closing != Closing::nothing)
        if (const auto lacking = plugin_host::enter_stage_1(library->file_, sockets);
            !lacking.empty())
            return lacks(lacking);
    if (const auto loaded = library->reload(); !loaded) return std::unexpected(loaded.error());
    if (closing == Closing::all)
        if (const auto lacking = plugin_host::enter_stage_2(sockets); !lacking.empty())
            return lacks(lacking);
    return library;
}

Result<void> SandboxedLibrary::reload() {
    mapping_.reset();
    auto loaded = plugins::Mapping::load("/proc/self/fd/" + std::to_string(file_.get()));
    if (!loaded) return std::unexpected(loaded.error());
    mapping_ = std::move(*loaded);
    return {};
}

}  // namespace sanad::plugin_check
