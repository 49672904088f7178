#include "core/plugins/configuration.h"
#include "core/plugins/instance.h"
#include "tests/support/folder.h"
#include "tests/support/memory_store.h"

#include <sanad/store.h>
#include <sys/stat.h>
#include <unistd.h>
#include <conformance/storage.hpp>

#include <catch2/catch.hpp>

#include <fstream>

namespace sanad::plugins {
namespace {

using conformance::StoreLab;
using support::MemoryDisk;
using support::MemoryStore;

std::string content(int fd) {
    std::string all;
    char piece[4096];
    for (ssize_t got; (got = ::read(fd, piece, sizeof piece)) > 0;)
        all.append(piece, static_cast<std::size_t>(got));
    return all;
}

class MemoryLab final : public StoreLab {
public:
    const sanad_store_v1* open() override {
        store_ = MemoryStore::open(disk_);
        return store_ ? &store_->interface() : nullptr;
    }
    void close() override { store_.reset(); }
    bool refuses_second_opening() override { return MemoryStore::open(disk_) == nullptr; }
    const sanad_store_v1* open_backup(int fd) override {
        backup_disk_ = MemoryDisk::restore(content(fd));
        backup_ = MemoryStore::open(backup_disk_);
        return &backup_->interface();
    }

private:
    MemoryDisk disk_, backup_disk_;
    std::unique_ptr<MemoryStore> store_, backup_;
};

// The plugin's library itself, with no help of the core between the suite and its table.
class NoNode final : public HostServices {
    sanad_status call(std::string_view, std::uint32_t, ByteView, Reply&) override {
        return SANAD_E_DENIED;
    }
};

class LmdbLab final : public StoreLab {
public:
    const sanad_store_v1* open() override {
        const bool create = !std::filesystem::exists((folder_ / "store").string());
        instance_ = start((folder_ / "store").string(), create);
        return table(instance_.get());
    }
    void close() override { instance_.reset(); }
    bool refuses_second_opening() override {
        return start((folder_ / "store").string(), false) == nullptr;
    }
    const sanad_store_v1* open_backup(int fd) override {
        std::filesystem::create_directory((folder_ / "backup").string());
        std::ofstream((folder_ / "backup/data.mdb").string(), std::ios::binary) << content(fd);
        backup_ = start((folder_ / "backup").string(), false);
        return table(backup_.get());
    }

private:
    std::unique_ptr<Instance> start(const std::string& path, bool create) {
        const std::string settings =
            "{\"path\": \"" + path +
            "\", \"mapSizeMiB\": 64, \"create\": " + (create ? "true" : "false") + "}";
        const auto configuration = *Configuration::load(library_->config_schema());
        auto instance = *run_in_process(library_, "lmdb", node_, log_, clock_);
        REQUIRE(instance->configure(*configuration->from_json(settings)).has_value());
        if (!instance->start()) instance.reset();
        return instance;
    }
    static const sanad_store_v1* table(Instance* instance) {
        if (!instance) return nullptr;
        return static_cast<const sanad_store_v1*>(instance->extension(SANAD_EXT_STORE));
    }

    test::Folder folder_;
    NoNode node_;
    NullLog log_;
    SystemClock clock_;
    std::shared_ptr<Library> library_ = *Library::load(LMDB_PLUGIN);
    std::unique_ptr<Instance> instance_, backup_;
};

TEST_CASE("the store in memory conforms") {
    for (const auto& storage_case : conformance::storage_cases())
        DYNAMIC_SECTION(storage_case.name) {
            MemoryLab lab;
            CHECK_NOTHROW(storage_case.run(lab));
        }
}

TEST_CASE("the lmdb plugin conforms") {
    for (const auto& storage_case : conformance::storage_cases())
        DYNAMIC_SECTION(storage_case.name) {
            LmdbLab lab;
            CHECK_NOTHROW(storage_case.run(lab));
        }
}

// A suite that no store can fail proves nothing.
class LeakyLab final : public StoreLab {
public:
    const sanad_store_v1* open() override {
        store_ = MemoryStore::open(disk_);
        real_ = store_->interface();
        broken_ = real_;
        broken_.self = this;
        broken_.open_table = [](void* self, const char* name, std::uint32_t* table) {
            return real(self).open_table(real(self).self, name, table);
        };
        broken_.begin = [](void* self, std::uint32_t mode, sanad_txn** out) {
            return real(self).begin(real(self).self, mode, out);
        };
        broken_.apply = [](void*, const sanad_op*, std::size_t) -> sanad_status {
            return SANAD_OK;
        };
        broken_.backup = [](void*, int) -> sanad_status { return SANAD_OK; };
        return &broken_;
    }
    void close() override {
        store_.reset();
        disk_ = MemoryDisk();  // forgets everything
    }
    bool refuses_second_opening() override { return false; }
    const sanad_store_v1* open_backup(int) override { return nullptr; }

private:
    static const sanad_store_v1& real(void* self) { return static_cast<LeakyLab*>(self)->real_; }
    MemoryDisk disk_;
    std::unique_ptr<MemoryStore> store_;
    sanad_store_v1 real_{}, broken_{};
};

TEST_CASE("a store that forgets fails the suite") {
    const auto failed = conformance::check_storage([] { return std::make_unique<LeakyLab>(); });
    CHECK(failed.size() == 6);
}

}  // namespace
}  // namespace sanad::plugins
