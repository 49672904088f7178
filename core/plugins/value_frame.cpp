#include "core/plugins/value_frame.h"

#include <sanad/extensions.h>

namespace sanad::plugins {

Result<ValueCall> read_value(ByteView payload) {
    if (payload.empty() || payload.size() < 1U + payload[0])
        return fail(Fault::malformed, "value of a plugin");
    return ValueCall{.act = {},
                     .key = payload.subspan(1, payload[0]),
                     .value = payload.subspan(1U + payload[0]),
                     .quota = 0};
}

bool is_value(const ValueCall& call) {
    return !call.key.empty() && call.key.size() <= SANAD_KV_KEY_BYTES_MAX &&
           call.value.size() <= SANAD_KV_VALUE_BYTES_MAX;
}

}  // namespace sanad::plugins
