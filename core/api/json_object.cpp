#include "core/api/json_object.h"

#include "core/base/message.h"

#include <capnp/compat/json.h>
#include <capnp/message.h>

namespace sanad::api {

std::string json_object(const std::vector<std::pair<std::string, std::string>>& fields) {
    capnp::MallocMessageBuilder builder;
    auto object =
        builder.initRoot<capnp::JsonValue>().initObject(static_cast<unsigned>(fields.size()));
    for (unsigned i = 0; i < object.size(); ++i) {
        object[i].setName(to_text(fields[i].first));
        object[i].initValue().setString(to_text(fields[i].second));
    }
    return capnp::JsonCodec().encodeRaw(builder.getRoot<capnp::JsonValue>()).cStr();
}

}  // namespace sanad::api
