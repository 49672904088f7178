// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

// What a plugin keeps and counts (sanad/extensions.h), in a test: in memory, by the real node's
// rules.
namespace sanad::plugin {

/// threads  any
class FakeValues {
public:
    FakeValues() = default;
    FakeValues(const FakeValues&) = delete;
    FakeValues& operator=(const FakeValues&) = delete;

    /// As the grant kv:<bytes> does; 0: what it keeps is SANAD_E_DENIED.
    void allow_bytes(std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        bytes_max_ = bytes;
    }
    /// The next `times` puts answer `status` and keep nothing.
    void fail_next_put(sanad_status status, int times = 1) {
        const std::lock_guard lock(mutex_);
        failure_ = status;
        failures_ = times;
    }
    /// What it keeps, and what it counted.
    std::map<std::string, std::string> kept() const {
        const std::lock_guard lock(mutex_);
        return {kept_.begin(), kept_.end()};
    }
    std::uint64_t measured(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        const auto found = measured_.find(name);
        return found == measured_.end() ? 0 : found->second.value;
    }

    /// For sanad_host.get_extension.
    const void* extension(std::string_view id) const {
        if (id == SANAD_EXT_KV) return &kv_;
        return id == SANAD_EXT_METRICS ? &metrics_ : nullptr;
    }

private:
    static constexpr std::size_t measures_max = 64;
    struct Measure {
        bool is_gauge;
        std::uint64_t value;
    };

    static FakeValues& of(void* ctx) { return *static_cast<FakeValues*>(ctx); }
    static std::string_view view(sanad_span s) {
        return {static_cast<const char*>(s.data), s.size};
    }
    // The mutex is held.
    sanad_status check(sanad_span key) const {
        if (key.size < 1 || key.size > SANAD_KV_KEY_BYTES_MAX) return SANAD_E_INVALID;
        return bytes_max_ == 0 ? SANAD_E_DENIED : SANAD_OK;
    }

    static sanad_status get(void* ctx, sanad_span key, const sanad_sink* value) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        if (const auto status = of(ctx).check(key); status != SANAD_OK) return status;
        const auto found = of(ctx).kept_.find(view(key));
        if (found == of(ctx).kept_.end()) return SANAD_E_NOT_FOUND;
        if (!value || found->second.empty()) return SANAD_OK;
        void* memory = value->reserve(value->ctx, found->second.size());
        if (!memory) return SANAD_E_FULL;
        std::memcpy(memory, found->second.data(), found->second.size());
        value->commit(value->ctx, found->second.size());
        return SANAD_OK;
    }
    static sanad_status put(void* ctx, sanad_span key, sanad_span value) noexcept {
        FakeValues& values = of(ctx);
        const std::lock_guard lock(values.mutex_);
        if (value.size > SANAD_KV_VALUE_BYTES_MAX) return SANAD_E_INVALID;
        if (const auto status = values.check(key); status != SANAD_OK) return status;
        if (values.failures_ > 0) return --values.failures_, values.failure_;
        const auto old = values.kept_.find(view(key));
        std::size_t bytes = key.size + value.size;
        for (auto kept = values.kept_.begin(); kept != values.kept_.end(); ++kept)
            if (kept != old) bytes += kept->first.size() + kept->second.size();
        if (bytes > values.bytes_max_) return SANAD_E_FULL;
        values.kept_.insert_or_assign(std::string(view(key)), std::string(view(value)));
        return SANAD_OK;
    }
    static sanad_status remove(void* ctx, sanad_span key) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        if (const auto status = of(ctx).check(key); status != SANAD_OK) return status;
        const auto found = of(ctx).kept_.find(view(key));
        if (found == of(ctx).kept_.end()) return SANAD_E_NOT_FOUND;
        of(ctx).kept_.erase(found);
        return SANAD_OK;
    }
    // A name stays what it was first: a sum or a gauge.
    static void measure(void* ctx, const char* name, bool is_gauge, std::uint64_t value) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        const std::string_view text = name ? name : "";
        const bool named =
            !text.empty() && text.size() <= 48 &&
            text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == text.npos;
        auto& measured = of(ctx).measured_;
        auto found = measured.find(text);
        if (!named || (found == measured.end() && measured.size() == measures_max)) return;
        if (found == measured.end())
            found = measured.emplace(std::string(text), Measure{is_gauge, 0}).first;
        if (found->second.is_gauge != is_gauge) return;
        found->second.value = is_gauge ? value : found->second.value + value;
    }
    static void count(void* ctx, const char* name, std::uint64_t more) noexcept {
        measure(ctx, name, false, more);
    }
    static void gauge(void* ctx, const char* name, std::uint64_t now) noexcept {
        measure(ctx, name, true, now);
    }

    mutable std::mutex mutex_;
    std::size_t bytes_max_ = 0;
    sanad_status failure_ = SANAD_OK;
    int failures_ = 0;
    std::map<std::string, std::string, std::less<>> kept_;
    std::map<std::string, Measure, std::less<>> measured_;
    sanad_kv_v1 kv_{sizeof(sanad_kv_v1), 0, this, get, put, remove};
    sanad_metrics_v1 metrics_{sizeof(sanad_metrics_v1), 0, this, count, gauge};
};

}  // namespace sanad::plugin
