#include "core/node/configuration.h"
#include "core/node/settings.h"
#include "tests/fuzz/target.h"

// Whatever an editor leaves in node.toml ends in a configuration or in whole lines that begin with
// the file's name: no crash, no hang, no exception.
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

// The shipped node.toml is given as a file.
std::vector<sanad::Bytes> sanad::fuzz::seeds() {
    return {seed("[node]\nid = \"ma.node\"\ncountry = \"MA\"\n"), seed("90s"), seed("2h")};
}
