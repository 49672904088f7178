#include "core/plugins/configuration.h"
#include "core/plugins/instance.h"
#include "tests/integration/postgres/postgres_store.h"
#include "tests/support/folder.h"

#include <sanad/store.h>
#include <unistd.h>
#include <conformance/storage.hpp>

#include <catch2/catch.hpp>

#include <fstream>

namespace sanad::plugins {
namespace {

std::string content(int fd) {
    std::string all;
    char piece[4096];
    for (ssize_t got; (got = ::read(fd, piece, sizeof piece)) > 0;)
        all.append(piece, static_cast<std::size_t>(got));
    return all;
}

// The plugin's library itself, with no help of the core between the suite and its table.
class NoNode final : public HostServices {
    sanad_status call(std::string_view, std::uint32_t, ByteView, Reply&) override {
        return SANAD_E_DENIED;
    }
};

class PostgresLab final : public conformance::StoreLab {
public:
    const sanad_store_v1* open() override {
        instance_ = start(schema_, is_made_ ? "" : R"("create": true)");
        is_made_ = true;
        return table(instance_.get());
    }
    void close() override { instance_.reset(); }
    bool refuses_second_opening() override { return start(schema_, "") == nullptr; }
    const sanad_store_v1* open_backup(int fd) override {
        const auto file = folder_ / "backup";
        std::ofstream(file.string(), std::ios::binary) << content(fd);
        backup_ = start(test::postgres_cluster().fresh_schema(),
                        R"("create": true, "from": ")" + file.string() + "\"");
        return table(backup_.get());
    }

private:
    std::unique_ptr<Instance> start(const std::string& schema, const std::string& more) {
        const auto configuration = *Configuration::load(library_->config_schema());
        auto instance = *run_in_process(library_, "postgres", node_, log_, clock_);
        const auto settings =
            postgres_settings(test::postgres_cluster().connection(), schema, more);
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
    std::shared_ptr<Library> library_ = *Library::load(POSTGRES_PLUGIN);
    std::string schema_ = test::postgres_cluster().fresh_schema();
    bool is_made_ = false;
    std::unique_ptr<Instance> instance_, backup_;
};

TEST_CASE("the postgres plugin conforms") {
    for (const auto& storage_case : conformance::storage_cases())
        DYNAMIC_SECTION(storage_case.name) {
            PostgresLab lab;
            CHECK_NOTHROW(storage_case.run(lab));
        }
}

}  // namespace
}  // namespace sanad::plugins
