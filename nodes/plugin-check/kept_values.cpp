#include "nodes/plugin-check/kept_values.h"

namespace sanad::plugin_check {

sanad_status KeptValues::keep(const plugins::ValueCall& call, std::string& value) {
    using Act = plugins::ValueCall::Act;
    if (!plugins::is_value(call)) return SANAD_E_INVALID;
    if (call.quota == 0) return SANAD_E_DENIED;
    const std::lock_guard lock(mutex_);
    const std::string_view key = text_of(call.key);
    const auto found = values_.find(key);
    if (call.act == Act::put) {
        std::size_t bytes = key.size() + call.value.size();
        for (const auto& [other, kept] : values_)
            if (other != key) bytes += other.size() + kept.size();
        if (bytes > call.quota) return SANAD_E_FULL;
        values_[std::string(key)] = text_of(call.value);
        return SANAD_OK;
    }
    if (found == values_.end()) return SANAD_E_NOT_FOUND;
    value = found->second;
    if (call.act == Act::remove) values_.erase(found);
    return SANAD_OK;
}

}  // namespace sanad::plugin_check
