// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>
#include <sanad/host.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// What an instance keeps and what it counts: `sanad.kv/1` and `sanad.metrics/1`.
namespace sanad::plugin {

/// Small values of the instance's own, on the node's disk: the place in a mailbox, say. Never what
/// a person wrote. threads  any
class Values {
public:
    explicit Values(Host& host)
        : table_(static_cast<const sanad_kv_v1*>(host.extension(SANAD_EXT_KV))) {
        if (table_ && !SANAD_HAS(table_, remove)) table_ = nullptr;
    }

    struct Got {
        sanad_status status = SANAD_E_UNSUPPORTED;  // SANAD_E_NOT_FOUND: there is none
        std::string value{};
    };
    Got get(std::string_view key) {
        if (!table_) return {};
        Inbox inbox;
        Got got{table_->get(table_->ctx, span(key), inbox.sink())};
        const sanad_span value = inbox.bytes();
        if (got.status == SANAD_OK && value.size != 0)
            got.value.assign(static_cast<const char*>(value.data), value.size);
        return got;
    }
    /// SANAD_OK: it is on disk. SANAD_E_FULL: more than the grant kv:<bytes>; SANAD_E_DENIED: no
    /// such grant.
    sanad_status put(std::string_view key, std::string_view value) {
        return table_ ? table_->put(table_->ctx, span(key), span(value)) : SANAD_E_UNSUPPORTED;
    }
    sanad_status remove(std::string_view key) {
        return table_ ? table_->remove(table_->ctx, span(key)) : SANAD_E_UNSUPPORTED;
    }

private:
    static sanad_span span(std::string_view text) { return {text.data(), text.size()}; }

    const sanad_kv_v1* table_;  // the node's; null: it offers none
};

/// Adds to a sum that `sanad plugin info` shows. threads  any
inline void count(Host& host, const char* name, std::uint64_t more = 1) {
    const auto* table = static_cast<const sanad_metrics_v1*>(host.extension(SANAD_EXT_METRICS));
    if (table && SANAD_HAS(table, count)) table->count(table->ctx, name, more);
}

/// Says how much there is now of something. threads  any
inline void gauge(Host& host, const char* name, std::uint64_t now) {
    const auto* table = static_cast<const sanad_metrics_v1*>(host.extension(SANAD_EXT_METRICS));
    if (table && SANAD_HAS(table, gauge)) table->gauge(table->ctx, name, now);
}

}  // namespace sanad::plugin
