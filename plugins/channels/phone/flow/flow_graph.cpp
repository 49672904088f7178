#include "plugins/channels/phone/flow/flow_graph.h"

#include <utility>

namespace sanad::phone {
namespace {

using By = Way::By;

By by_of_next(Kind kind) { return kind == Kind::check ? By::at_once : By::itself; }

By by_of_otherwise(Kind kind) {
    if (kind == Kind::check || kind == Kind::code) return By::at_once;
    return By::silence;
}

bool has_next(Kind kind) {
    return kind != Kind::choose && kind != Kind::queue && kind != Kind::cover && kind != Kind::end;
}

bool has_otherwise(Kind kind) {
    return kind == Kind::language || kind == Kind::choose || kind == Kind::digits ||
           kind == Kind::cover || kind == Kind::check || kind == Kind::code;
}

bool has_failed(Kind kind) {
    return kind == Kind::code || kind == Kind::record || kind == Kind::callback ||
           kind == Kind::queue || kind == Kind::talk || kind == Kind::cover;
}

}  // namespace

std::vector<Way> ways_of(const State& state) {
    std::vector<Way> ways;
    for (const auto& option : state.options)
        ways.push_back({By::digit, std::string("press.") + option.digit, option.next});
    const Kind kind = state.kind;
    if (has_next(kind)) ways.push_back({by_of_next(kind), "next", state.next});
    if (has_otherwise(kind)) ways.push_back({by_of_otherwise(kind), "otherwise", state.otherwise});
    if (has_failed(kind)) ways.push_back({By::itself, "failed", state.failed});
    if (kind == Kind::record) ways.push_back({By::itself, "empty", state.empty});
    if (kind == Kind::queue) {
        ways.push_back({By::itself, "answered", state.answered});
        ways.push_back({By::itself, "closed", state.closed});
        ways.push_back({By::itself, "full", state.full});
    }
    if (kind == Kind::callback)
        ways.push_back({By::at_once, "number_missing", state.number_missing});
    if (kind == Kind::cover) ways.push_back({By::at_once, "none", state.none});
    return ways;
}

std::set<std::string, std::less<>> reached(const Flow& flow, std::vector<std::string> from,
                                           const Follow& follow) {
    std::set<std::string, std::less<>> found;
    while (!from.empty()) {
        const std::string name = std::move(from.back());
        from.pop_back();
        const State* state = flow.find(name);
        if (state == nullptr || !found.insert(name).second) continue;
        for (const auto& way : ways_of(*state))
            if (follow(*state, way)) from.push_back(way.next);
    }
    return found;
}

}  // namespace sanad::phone
