#include "core/casework/record_fields.h"

namespace sanad::casework {

Result<std::vector<std::string>> read_texts(capnp::List<capnp::Text>::Reader list,
                                            std::size_t most) {
    if (list.size() > most) return fail(Fault::bad_size, "list");
    std::vector<std::string> texts;
    for (const auto text : list) texts.push_back(from_text(text));
    return texts;
}

void write_texts(capnp::List<capnp::Text>::Builder list, const std::vector<std::string>& texts) {
    for (unsigned i = 0; i < texts.size(); ++i) list.set(i, to_text(texts[i]));
}

}  // namespace sanad::casework
