// A storage plugin: all tables in memory, and in one file that each commit writes anew. It keeps
// every promise of sanad/store.h, for a store of some megabytes; put your database where FileStore
// is.
#include "config.capnp.h"
#include "file_store.hpp"

#include <sanad/plugin.hpp>

#include <optional>

namespace {

using namespace sanad::plugin;
using namespace name_of_plugin;

class NameOfPlugin final : public Storage<Config> {
public:
    void configure(Config::Reader config) override { path_ = config.getPath(); }
    void start() override {
        if (path_.empty()) throw Error(SANAD_E_INVALID, "path.missing");
        store_.emplace(path_);
    }
    void stop() override { store_.reset(); }
    const sanad_store_v1* store() override { return store_ ? store_->interface() : nullptr; }

private:
    std::string path_;
    std::optional<FileStore> store_;
};

}  // namespace

SANAD_PLUGIN(NameOfPlugin)
