#pragma once

#include "core/base/message.h"
#include "core/base/time_text.h"
#include "schemas/api.capnp.h"

#include <string>
#include <string_view>
#include <vector>

// Setting Cap'n Proto fields from our values, the same way everywhere.
namespace sanad::api {

inline capnp::Text::Reader text(const std::string& value) { return to_text(value); }

/// Times that are not set show as an empty text.
inline std::string time_or_nothing(Time time) {
    return time.ms == 0 ? std::string() : format_time(time);
}

/// Fills a List(Text) made with the size of `values`.
template <typename List>
void fill_texts(List list, const std::vector<std::string>& values) {
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(values[i]));
}

template <typename AnyId>
std::vector<std::string> texts_of(const std::vector<AnyId>& ids) {
    std::vector<std::string> texts;
    for (const auto& id : ids) texts.push_back(format(id));
    return texts;
}

/// At most `most` texts. errors  bad_size
template <typename List>
Result<std::vector<std::string>> texts_from(List list, std::size_t most = 32) {
    if (list.size() > most) return fail(Fault::bad_size, "list");
    std::vector<std::string> texts;
    for (const auto value : list) texts.push_back(from_text(value));
    return texts;
}

/// One line of a timeline, from an event of a case or an escalation.
template <typename Event>
void fill_line(schema::api::TimelineEntry::Builder out, const Event& event) {
    out.setAt(text(format_time(event.at)));
    out.setWho(text(event.actor));
    out.setWhat(text(std::string(name(event.kind))));
    out.setReason(text(event.reason));
    out.setText(text(event.text));
}

}  // namespace sanad::api
