#include "plugins/storage/lmdb/lmdb_config.capnp.h"
#include "plugins/storage/lmdb/store.h"

#include <sanad/plugin.hpp>

#include <memory>

namespace {

using sanad::lmdb::Config;
using sanad::plugin::Error;
using sanad::plugin::Storage;

class Lmdb final : public Storage<Config> {
public:
    void configure(Config::Reader config) override {
        std::string path(sanad::plugin::view_of(config.getPath()));
        while (path.size() > 1 && path.back() == '/') path.pop_back();
        if (path.empty() || path.size() > sanad::lmdb::path_bytes_max ||
            path.find('\0') != path.npos)
            throw Error(SANAD_E_INVALID, "lmdb.bad_path");
        const std::uint32_t map_mib = config.getMapSizeMiB();
        if (map_mib < sanad::lmdb::map_mib_min || map_mib > sanad::lmdb::map_mib_max)
            throw Error(SANAD_E_INVALID, "lmdb.bad_map_size");
        if (store_) throw Error(SANAD_E_UNSUPPORTED, "lmdb.restart_needed");
        path_ = std::move(path);
        map_mib_ = map_mib;
        create_ = config.getCreate();
        from_ = sanad::plugin::view_of(config.getFrom());
    }

    void start() override {
        if (create_) sanad::lmdb::create_store(path_, map_mib_, from_);
        store_ = std::make_unique<sanad::lmdb::Store>(path_, map_mib_);
    }

    void stop() override { store_.reset(); }

    const sanad_store_v1* store() override { return store_ ? &store_->interface() : nullptr; }

private:
    std::string path_;
    std::uint32_t map_mib_ = 0;
    bool create_ = false;
    std::string from_;
    std::unique_ptr<sanad::lmdb::Store> store_;
};

}  // namespace

SANAD_PLUGIN(Lmdb)
