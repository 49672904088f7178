#pragma once

#include "core/plugins/store_plugin.h"
#include "tests/support/postgres_cluster.h"

#include <string>

namespace sanad::plugins {

/// The settings of the plugin for a store of that server; `more` is behind a comma.
inline std::string postgres_settings(const std::string& connection, const std::string& schema,
                                     const std::string& more = {}) {
    return R"({"connection": ")" + connection + R"(", "schema": ")" + schema + "\"" +
           (more.empty() ? "" : ", ") + more + "}";
}

/// A store of its own on the test program's server, opened as the core opens it.
struct PostgresStore {
    NullLog log;
    SystemClock clock;
    test::PostgresCluster& cluster = test::postgres_cluster();
    std::string schema = cluster.fresh_schema();

    std::string settings(const std::string& more = {}) const {
        return postgres_settings(cluster.connection(), schema, more);
    }
    Result<OpenStore> open(const std::string& more = {}) {
        return open_store(POSTGRES_PLUGIN, settings(more), log, clock);
    }
    Result<OpenStore> create() { return open(R"("create": true)"); }
    /// "opened", or what the plugin says.
    std::string code(const std::string& more = {}) {
        const auto opened = open(more);
        return opened ? "opened" : opened.error().detail;
    }
};

}  // namespace sanad::plugins
