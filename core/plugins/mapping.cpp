#define BOOST_DLL_USE_STD_FS
#include "core/plugins/mapping.h"

#include <dlfcn.h>
#include <boost/dll/shared_library.hpp>

#include <string>

namespace sanad::plugins {

namespace {

constexpr const char* entry_symbol = "sanad_plugin_entry_v1";

bool is_sound(const sanad_entry& entry) {
    return entry.magic == SANAD_MAGIC && entry.size >= sizeof(sanad_entry) && entry.create &&
           entry.id && entry.version;
}

}  // namespace

struct Mapping::Loaded {
    boost::dll::shared_library library;
};

Mapping::Mapping() : loaded_(std::make_unique<Loaded>()) {}

Mapping::~Mapping() = default;

void Mapping::keep() {
    // Boost.DLL cannot ask for it. The handle that comes back counts as one more user, for ever.
    ::dlopen(loaded_->library.location().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

Result<std::unique_ptr<Mapping>> Mapping::load(const std::filesystem::path& file) {
    std::unique_ptr<Mapping> mapping(new Mapping);
    try {
        using boost::dll::load_mode::rtld_local;
        using boost::dll::load_mode::rtld_now;
        boost::dll::shared_library& library = mapping->loaded_->library;
        library.load(file, rtld_now | rtld_local);
        if (!library.has(entry_symbol))
            return fail(Fault::malformed, std::string("it lacks ") + entry_symbol);
        mapping->entry_ = &library.get<const sanad_entry>(entry_symbol);
    } catch (const std::exception& error) {
        return fail(Fault::malformed, std::string("it cannot be loaded: ") + error.what());
    }
    if (!is_sound(*mapping->entry_))
        return fail(Fault::malformed, std::string("its entry ") + entry_symbol + " is damaged");
    return mapping;
}

bool is_whole(const sanad_plugin& plugin) {
    return plugin.size >= sizeof(sanad_plugin) && plugin.configure && plugin.start && plugin.call &&
           plugin.on_event && plugin.drain && plugin.stop && plugin.destroy && plugin.get_extension;
}

}  // namespace sanad::plugins
