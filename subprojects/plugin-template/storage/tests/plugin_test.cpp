#include "config.capnp.h"
#include "table_file.hpp"

#include <conformance/storage.hpp>
#include <sanad/fake_host.hpp>

#include <catch2/catch.hpp>

#include <filesystem>

namespace {

using namespace sanad::plugin;

// A folder that goes with the test.
struct Folder {
    std::string path = std::filesystem::temp_directory_path() / "name-of-plugin-XXXXXX";
    Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
    ~Folder() { std::filesystem::remove_all(path); }
};

struct Opened {
    FakeHost node{sanad_plugin_entry_v1};
    sanad_status status;
    explicit Opened(const std::string& path) {
        REQUIRE(node.configure<name_of_plugin::Config>(
                    [&](auto config) { config.setPath(path); }) == SANAD_OK);
        status = node.start();
    }
    const sanad_store_v1* store() {
        return static_cast<const sanad_store_v1*>(node.extension(SANAD_EXT_STORE));
    }
};

class Lab final : public sanad::conformance::StoreLab {
public:
    const sanad_store_v1* open() override { return (store_ = opened("/store"))->store(); }
    void close() override { store_.reset(); }
    bool refuses_second_opening() override { return opened("/store")->status == SANAD_E_BUSY; }
    const sanad_store_v1* open_backup(int fd) override {
        REQUIRE(
            name_of_plugin::replace_file(folder_.path + "/copy", name_of_plugin::read_whole(fd)));
        return (copy_ = opened("/copy"))->store();
    }

private:
    std::unique_ptr<Opened> opened(const char* name) {
        return std::make_unique<Opened>(folder_.path + name);
    }
    Folder folder_;
    std::unique_ptr<Opened> store_, copy_;
};

TEST_CASE("it keeps every promise of a store") {
    for (const auto& storage_case : sanad::conformance::storage_cases())
        DYNAMIC_SECTION(storage_case.name) {
            Lab lab;
            CHECK_NOTHROW(storage_case.run(lab));
        }
}

TEST_CASE("each table is named once, also after it is opened again") {
    const Folder folder;
    for (int i = 0; i < 2; ++i) {
        Opened opened(folder.path + "/store");
        std::uint32_t table = 0;
        for (const char* name : {"one", "two"})
            REQUIRE(opened.store()->open_table(opened.store()->self, name, &table) == SANAD_OK);
        std::string names;
        const auto take = [](void* ctx, const sanad_row* rows, std::size_t n) {
            for (std::size_t k = 0; k < n; ++k)
                *static_cast<std::string*>(ctx) +=
                    std::string(static_cast<const char*>(rows[k].key.data), rows[k].key.size) + " ";
            return 0;
        };
        CHECK(opened.store()->list_tables(opened.store()->self, take, &names) == SANAD_OK);
        CHECK(names == "one two ");
    }
}

TEST_CASE("a damaged file is refused wherever it was cut") {
    const Folder folder;
    const std::vector<name_of_plugin::Table> tables{
        {"t", std::make_shared<name_of_plugin::Rows>(name_of_plugin::Rows{{"key", "value"}})}};
    const std::string whole = name_of_plugin::bytes_of(tables);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        REQUIRE(name_of_plugin::replace_file(folder.path + "/store", whole.substr(0, size)));
        CHECK(Opened(folder.path + "/store").status == SANAD_E_IO);
    }
    REQUIRE(name_of_plugin::replace_file(folder.path + "/store", whole));
    CHECK(Opened(folder.path + "/store").status == SANAD_OK);
}

TEST_CASE("without a path it does not start") { CHECK(Opened("").status == SANAD_E_INVALID); }

}  // namespace
