#pragma once

#include "core/plugins/measures.h"
#include "core/plugins/span.h"
#include "core/plugins/value_frame.h"

#include <sanad/extensions.h>

namespace sanad::plugins {

/// The plugin's table of `sanad.kv/1`, for whoever keeps values for it:
///   sanad_status keep(ValueCall call, const sanad_sink* value) noexcept
/// keeper  outlives the table
template <typename Keeper>
sanad_kv_v1 kv_table(Keeper& keeper) {
    return {sizeof(sanad_kv_v1),
            0,
            &keeper,
            [](void* ctx, sanad_span key, const sanad_sink* value) {
                return static_cast<Keeper*>(ctx)->keep({ValueCall::Act::get, view_of(key), {}, 0},
                                                       value);
            },
            [](void* ctx, sanad_span key, sanad_span value) {
                return static_cast<Keeper*>(ctx)->keep(
                    {ValueCall::Act::put, view_of(key), view_of(value), 0}, nullptr);
            },
            [](void* ctx, sanad_span key) {
                return static_cast<Keeper*>(ctx)->keep(
                    {ValueCall::Act::remove, view_of(key), {}, 0}, nullptr);
            }};
}

/// The plugin's table of `sanad.metrics/1`, for whoever counts for it:
///   void measure(const char* name, Measures::Kind kind, std::uint64_t value) noexcept
/// counter  outlives the table
template <typename Counter>
sanad_metrics_v1 metrics_table(Counter& counter) {
    return {sizeof(sanad_metrics_v1), 0, &counter,
            [](void* ctx, const char* name, std::uint64_t more) {
                static_cast<Counter*>(ctx)->measure(name, Measures::Kind::count, more);
            },
            [](void* ctx, const char* name, std::uint64_t now) {
                static_cast<Counter*>(ctx)->measure(name, Measures::Kind::gauge, now);
            }};
}

}  // namespace sanad::plugins
