#include "plugins/storage/postgres/catalogue.h"
#include "plugins/storage/postgres/settings.h"
#include "plugins/storage/postgres/store.h"

#include <sanad/plugin.hpp>

#include <memory>

namespace {

using sanad::plugin::Error;
using sanad::plugin::Storage;
using sanad::postgres::Config;

class Postgres final : public Storage<Config> {
public:
    void configure(Config::Reader config) override {
        auto settings = sanad::postgres::read_settings(config);
        if (store_) throw Error(SANAD_E_UNSUPPORTED, "postgres.restart_needed");
        settings_ = std::move(settings);
    }

    void start() override {
        if (settings_.create) sanad::postgres::create_store(settings_);
        store_ = std::make_unique<sanad::postgres::Store>(
            settings_, [this](const char* event) { host().log(SANAD_LOG_WARN, event, {}); });
    }

    void stop() override { store_.reset(); }

    const sanad_store_v1* store() override { return store_ ? &store_->interface() : nullptr; }

private:
    sanad::postgres::Settings settings_;
    std::unique_ptr<sanad::postgres::Store> store_;
};

}  // namespace

SANAD_PLUGIN(Postgres)
