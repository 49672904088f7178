#include "plugins/channels/phone/flow/flow_graph.h"
#include "plugins/channels/phone/flow/flow_reader.h"
#include "plugins/channels/phone/flow/prompt_check.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sanad::phone {
namespace {

using By = Way::By;
using Names = std::set<std::string, std::less<>>;

bool has_item(const std::vector<std::string>& items, std::string_view item) {
    return std::ranges::find(items, item) != items.end();
}

bool is_item(std::string_view text) { return text.starts_with('{'); }

// Whether a caller may be led on from it before a word is heard. A node may say at once that a
// queue is closed.
bool is_wordless(const State& state) {
    return state.kind == Kind::check || state.kind == Kind::code || state.kind == Kind::callback ||
           state.kind == Kind::queue;
}

bool is_wordless(const State& state, const Way& way) {
    if (way.by == By::digit || way.field == "answered") return false;
    return way.by == By::at_once || is_wordless(state);
}

// A queue may go straight to its news, and a recording is checked for its notice.
bool speaks(Kind kind) {
    return kind == Kind::say || kind == Kind::language || kind == Kind::choose ||
           kind == Kind::digits || kind == Kind::cover || kind == Kind::end;
}

class Checking {
public:
    Checking(const Flow& flow, const CanSay& can_say) : flow_(flow), can_say_(can_say) {}

    std::vector<Complaint> complaints() && {
        check_top();
        check_ways();
        if (!complaints_.empty()) return std::move(complaints_);  // else the rest has no meaning
        for (const auto& state : flow_.states) check_state(state);
        check_languages();
        check_reach();
        check_circles();
        check_emergency();
        check_persons();
        if (complaints_.empty()) check_prompts(flow_, can_say_, complaints_);
        return std::move(complaints_);
    }

private:
    void complain(std::string place, std::string wrong, std::string mend) {
        complaints_.push_back({std::move(place), std::move(wrong), std::move(mend)});
    }
    void complain(const State& state, std::string_view field, std::string wrong, std::string mend) {
        complain("state " + state.name + (field.empty() ? "" : ", " + std::string(field)),
                 std::move(wrong), std::move(mend));
    }

    void check_top();
    void check_ways();
    void check_state(const State& state);
    void check_items(const State& state, std::string_view field,
                     const std::vector<std::string>& items, const Names& allowed);
    void check_digits_of(const State& state);
    void check_languages();
    void check_reach();
    void check_circles();
    void check_emergency();
    void check_persons();

    const Flow& flow_;
    const CanSay& can_say_;
    std::vector<Complaint> complaints_;
};

// ------------------------------------------------------------ what there must be

void Checking::check_top() {
    if (flow_.states.size() > states_max)
        complain("state", "there are too many", "write at most 200");
    const auto must_be = [&](const std::string& place, const std::string& name) {
        if (name.empty())
            complain(place, "it is missing", "name a state");
        else if (flow_.find(name) == nullptr)
            complain(place, "no state is called " + name, "name one that is there, or add it");
    };
    must_be("start", flow_.start);
    must_be("silent", flow_.silent);
    if (flow_.danger.empty())
        complain("danger", "there is no way for somebody in danger",
                 "write danger = { digit = \"*\", state = \"…\" }");
    else
        must_be("danger, state", flow_.danger);
    if (flow_.sounds == Sounds{})
        complain("sounds", "they are missing", "write calm, beep, press and notice");
    if (flow_.languages.empty())
        complain("language", "there is none", "write at least one [[language]]");
}

void Checking::check_ways() {
    for (const auto& state : flow_.states) {
        for (const auto& way : ways_of(state)) {
            const State* next = flow_.find(way.next);
            if (next == nullptr)
                complain(state, way.field, "no state is called " + way.next,
                         "name one that is there, or add it");
            else if (way.field == "answered" && next->kind != Kind::talk)
                complain(state, way.field, way.next + " is no talk", "name a state of kind talk");
            else if (way.field != "answered" && next->kind == Kind::talk)
                complain(state, way.field, way.next + " is a talk, and nobody has answered",
                         "name a state of kind queue");
        }
    }
    for (const auto* name : {&flow_.start, &flow_.silent})
        if (const State* state = flow_.find(*name); state != nullptr && state->kind == Kind::talk)
            complain(name == &flow_.start ? "start" : "silent",
                     *name + " is a talk, and nobody has answered", "name another state");
}

// ------------------------------------------------------------ single states

void Checking::check_items(const State& state, std::string_view field,
                           const std::vector<std::string>& items, const Names& allowed) {
    for (const auto& item : items)
        if (is_item(item) && !allowed.contains(item))
            complain(state, field, item + " has no meaning here", "take it away");
}

void Checking::check_digits_of(const State& state) {
    std::vector<std::pair<char, std::string>> digits;
    for (const auto& option : state.options)
        digits.emplace_back(option.digit, std::string("press.") + option.digit);
    if (state.kind == Kind::cover || (state.kind == Kind::digits && !state.confirm.empty()))
        digits.emplace_back(state.accept, "accept");
    if (state.kind == Kind::digits && !state.confirm.empty())
        digits.emplace_back(state.again, "again");
    std::set<char> taken;
    for (const auto& [digit, field] : digits) {
        if (digit == flow_.danger_digit)
            complain(state, field, "it is the digit of danger", "choose another digit");
        else if (!taken.insert(digit).second)
            complain(state, field, "the digit is taken", "choose another digit");
        else if (digit == '#' && state.kind == Kind::record)
            complain(state, field, "# ends a recording", "choose another digit");
    }
}

void Checking::check_state(const State& state) {
    const Names words{std::string(emergency_item), std::string(danger_item)};
    check_items(state, "say", state.say, state.kind == Kind::language ? Names{} : words);
    check_items(state, "news", state.news,
                {std::string(position_item), std::string(wait_item), std::string(danger_item)});
    check_items(state, "confirm", state.confirm, {std::string(typed_item)});
    check_digits_of(state);
    if (state.say.empty() && speaks(state.kind))
        complain(state, "say", "it says nothing", "write at least one prompt");
    if (state.kind == Kind::record && !has_item(state.say, flow_.sounds.notice))
        complain(state, "say", "it records without a notice before",
                 "let it say " + flow_.sounds.notice);
    if (state.kind == Kind::queue && std::ranges::all_of(state.news, is_item))
        complain(state, "news", "somebody could wait for ever without a word",
                 "let it say a prompt that needs no position");
    if (state.kind == Kind::digits) {
        if (flow_.danger_digit != '*')
            complain("danger, digit", "it could be one of the digits of state " + state.name,
                     "choose *");
        if (state.typed == Typed::phone_number && !has_item(state.confirm, typed_item))
            complain(state, "confirm", "the number is not read back", "let it say {typed}");
    }
    if (state.kind == Kind::callback) {
        const State& asks = *flow_.find(state.number_missing);
        if (asks.kind != Kind::digits || asks.typed != Typed::phone_number)
            complain(state, "number_missing", asks.name + " asks for no number",
                     "name a state of kind digits");
    }
}

void Checking::check_languages() {
    std::set<char> digits;
    Names codes;
    for (const auto& language : flow_.languages) {
        if (!digits.insert(language.digit).second || language.digit == flow_.danger_digit)
            complain("language " + language.code, "its digit is taken", "choose another digit");
        if (!codes.insert(language.code).second)
            complain("language " + language.code, "it is there twice", "take one away");
    }
    for (const auto& cover : flow_.covers)
        for (const auto& code : cover.languages)
            if (!codes.contains(code))
                complain("cover " + cover.id, "nobody can choose its language " + code,
                         "add the language, or take it away");
    if (flow_.danger_digit == '#')
        complain("danger, digit", "# ends what is typed and recorded", "choose *");
}

// ------------------------------------------------------------ the whole

void Checking::check_reach() {
    const auto all = [](const State&, const Way&) { return true; };
    const Names found = reached(flow_, {flow_.start, flow_.danger, flow_.silent}, all);
    for (const auto& state : flow_.states) {
        if (!found.contains(state.name)) {
            complain(state, "", "no way leads here", "lead one here, or take it away");
            continue;
        }
        const Names after = reached(flow_, {state.name}, all);
        const bool ends = std::ranges::any_of(after, [&](const std::string& name) {
            const Kind kind = flow_.find(name)->kind;
            return kind == Kind::end || kind == Kind::talk;
        });
        if (!ends)
            complain(state, "", "it leads neither to a person nor to an end",
                     "lead it to a queue or an end");
    }
}

// A circle of states that say nothing would go round for ever, and nobody would hear a word.
void Checking::check_circles() {
    const auto follow = [&](const State& from, const Way& way) { return is_wordless(from, way); };
    for (const auto& state : flow_.states) {
        std::vector<std::string> next;
        for (const auto& way : ways_of(state))
            if (follow(state, way)) next.push_back(way.next);
        // An end that turns a silent caller away leads on as well.
        const bool ends = state.kind == Kind::end;
        if (ends) next.push_back(flow_.silent);
        if (reached(flow_, next, follow).contains(state.name))
            complain(state, "", "it comes back to itself without a word",
                     "let a state on the way say something");
    }
    if (const Kind kind = flow_.find(flow_.silent)->kind; kind != Kind::choose)
        complain("silent", flow_.silent + " asks nothing",
                 "name a state of kind choose: whoever comes there can still press");
}

void Checking::check_emergency() {
    if (flow_.emergency.empty())
        complain("emergency", "there is no number to call in danger",
                 "write [[emergency]] with a number that you have called yourself");
    const State& danger = *flow_.find(flow_.danger);
    if (danger.kind != Kind::queue)
        complain("danger, state", danger.name + " is no queue", "name a state of kind queue");
    if (!has_item(danger.say, emergency_item))
        complain(danger, "say", "somebody in danger hears no number to call",
                 "let it say {emergency}");
    if (danger.effects.urgency != Urgency::u0)
        complain(danger, "urgency", "somebody in danger waits like everybody",
                 "write urgency = \"u0\"");
    // Whoever cannot be served hears a number to call, whichever way they are led on.
    for (const auto& state : flow_.states) {
        if (state.kind != Kind::queue) continue;
        for (const auto& way : ways_of(state)) {
            if (way.field != "closed" && way.field != "full" && way.field != "failed") continue;
            const auto on = reached(flow_, {way.next}, [](const State& from, const Way& next) {
                return is_wordless(from, next) ||
                       (from.kind == Kind::cover && next.by != By::digit);
            });
            for (const auto& name : on) {
                const State& heard = *flow_.find(name);
                if (is_wordless(heard) || heard.kind == Kind::cover || heard.kind == Kind::queue ||
                    has_item(heard.say, emergency_item))
                    continue;
                complain(state, way.field, "it leads to " + name + ", which says no number to call",
                         "let " + name + " say {emergency}");
            }
        }
    }
}

void Checking::check_persons() {
    const auto has_queue = [&](const Names& names) {
        return std::ranges::any_of(
            names, [&](const auto& name) { return flow_.find(name)->kind == Kind::queue; });
    };
    if (!has_queue(reached(flow_, {flow_.start}, [](const State&, const Way&) { return true; })))
        return complain("start", "no way leads to a person", "lead one to a queue");
    const auto silently = [](const State&, const Way& way) { return way.by != By::digit; };
    if (!has_queue(reached(flow_, {flow_.start}, silently)))
        complain("start", "no way leads to a person for somebody who presses nothing",
                 "let an otherwise lead to a queue");
}

}  // namespace

std::vector<Complaint> check_flow(const Flow& flow, const CanSay& can_say) {
    return Checking(flow, can_say).complaints();
}

}  // namespace sanad::phone
