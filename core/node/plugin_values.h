#pragma once

#include "core/plugins/value_frame.h"
#include "core/store/engine.h"
#include "core/store/records.h"

#include <memory>
#include <string>

namespace sanad::node {

/// What plugin instances keep with sanad.kv/1: sealed under the node's key, each instance its own.
class PluginValues {
public:
    static Result<std::unique_ptr<PluginValues>> open(store::Store& store, store::Records& records);

    explicit PluginValues(store::Records& records, store::SealedTable values)
        : records_(records), values_(std::move(values)) {}

    /// threads  any
    Result<std::optional<Bytes>> get(store::Snapshot& from, const std::string& instance,
                                     ByteView key);
    /// Drafts a `put` or a `remove`. errors  exhausted: over the call's quota · not_found: there is
    /// none to remove. threads  engine
    Result<void> change(store::Draft& draft, const std::string& instance,
                        const plugins::ValueCall& call);

private:
    Result<std::uint64_t> used(store::Snapshot& from, const std::string& instance);

    store::Records& records_;
    store::SealedTable values_;  // instance, 0, key -> value; with an empty key how many bytes
};

}  // namespace sanad::node
