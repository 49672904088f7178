#include "core/node/plugin_values.h"

namespace sanad::node {
namespace {

Bytes record_key(const std::string& instance, ByteView key) {
    Bytes whole(instance.begin(), instance.end());
    whole.push_back(0);
    append(whole, key);
    return whole;
}

Bytes sum_record(std::uint64_t bytes) {
    Bytes record;
    append_big_endian(record, bytes);
    return record;
}

}  // namespace

Result<std::unique_ptr<PluginValues>> PluginValues::open(store::Store& store,
                                                         store::Records& records) {
    auto values = store::Records::open_table(store, "plugin_values");
    if (!values) return std::unexpected(values.error());
    return std::make_unique<PluginValues>(records, std::move(*values));
}

Result<std::optional<Bytes>> PluginValues::get(store::Snapshot& from, const std::string& instance,
                                               ByteView key) {
    return records_.get(from, values_, record_key(instance, key));
}

Result<std::uint64_t> PluginValues::used(store::Snapshot& from, const std::string& instance) {
    const auto sum = get(from, instance, {});
    if (!sum) return std::unexpected(sum.error());
    if (!*sum) return 0;
    if ((*sum)->size() != 8) return fail(Fault::malformed, "sum of a plugin's values");
    return read_big_endian<std::uint64_t>(**sum);
}

Result<void> PluginValues::change(store::Draft& draft, const std::string& instance,
                                  const plugins::ValueCall& call) {
    const auto had = get(draft, instance, call.key);
    if (!had) return std::unexpected(had.error());
    const auto before = used(draft, instance);
    if (!before) return std::unexpected(before.error());
    const bool puts = call.act == plugins::ValueCall::Act::put;
    if (!puts && !*had) return fail(Fault::not_found, "value of a plugin");
    std::uint64_t after = *before - (*had ? call.key.size() + (*had)->size() : 0);
    if (puts) after += call.key.size() + call.value.size();
    if (puts && after > call.quota) return fail(Fault::exhausted, "values of a plugin");
    const Bytes key = record_key(instance, call.key);
    const auto done = puts ? records_.put(draft, values_, key, store::node_key_id, call.value)
                           : draft.del(values_.table, key);
    if (!done) return done;
    return records_.put(draft, values_, record_key(instance, {}), store::node_key_id,
                        sum_record(after));
}

}  // namespace sanad::node
