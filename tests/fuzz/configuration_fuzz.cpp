#include "core/node/configuration.h"
#include "core/node/settings.h"

// Whatever an editor leaves in node.toml ends in a configuration or in whole lines that begin with
// the file's name: no crash, no hang, no exception. NOLINTNEXTLINE(readability-identifier-naming):
// libFuzzer looks this name up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = sanad::text_of({data, size});
    const auto configuration = sanad::node::parse_configuration(text, "/srv/node.toml");
    if (!configuration && !configuration.error().detail.starts_with("/srv/node.toml:"))
        __builtin_trap();
    if (const auto duration = sanad::node::parse_duration(text))
        if (sanad::node::parse_duration(sanad::node::format(*duration)) != *duration)
            __builtin_trap();
    return 0;
}
