#include "plugins/channels/phone/flow/flow_toml.h"

#include "plugins/channels/phone/flow/toml_fields.h"

#include <algorithm>
#include <utility>

namespace sanad::phone {
namespace {

using Need = Fields::Need;

template <typename Words>
std::vector<std::string_view> list(const Words& words) {
    return {words.begin(), words.end()};
}

template <typename Enum, typename Words>
std::optional<Enum> choice(Fields& fields, std::string_view key, Need need, const Words& words) {
    const auto at = fields.word(key, need, list(words));
    if (!at) return {};
    return static_cast<Enum>(*at);
}

Effects read_effects(Fields& fields) {
    Effects effects;
    effects.urgency = choice<Urgency>(fields, "urgency", Need::may, urgency_words);
    effects.marks = fields.names("marks", Need::may);
    for (const auto& mark : effects.marks)
        if (std::ranges::find(contact_marks, mark) == contact_marks.end())
            fields.complain("marks", "`" + mark + "` is not known",
                            "write marks of config/taxonomy/contact-marks.tsv");
    effects.call_time = choice<CallTime>(fields, "when", Need::may, call_time_words);
    effects.may_answer = choice<MayAnswer>(fields, "who", Need::may, may_answer_words);
    effects.may_leave_message =
        choice<MayLeaveMessage>(fields, "leave_message", Need::may, may_leave_message_words);
    effects.own_number = fields.truth("own_number");
    return effects;
}

std::vector<Option> read_options(Fields& fields, Need need) {
    std::vector<Option> options;
    auto press = fields.table("press", need, ".");
    if (!press) return options;
    const auto digits = press->keys();
    if (need == Need::must && digits.empty())
        press->complain("", "nothing can be pressed", "write at least one digit");
    if (digits.size() > options_max)
        press->complain("", "too many digits", "write at most " + std::to_string(options_max));
    for (const auto& digit : digits) {
        auto field = press->table(digit, Need::must);
        if (!field) continue;
        if (digit.size() != 1 || !std::string_view("0123456789*#").contains(digit.front()))
            field->complain("", "`" + digit + "` is no key of a telephone",
                            "write 0 to 9, \"*\" or \"#\"");
        Option option;
        option.digit = digit.empty() ? '?' : digit.front();
        option.next = field->name("next", Need::must);
        option.say = field->name("say", Need::may);
        option.effects = read_effects(*field);
        field->refuse_others("a digit has no such field");
        options.push_back(std::move(option));
    }
    return options;
}

void read_waiting(Fields& fields, State& state) {
    state.otherwise = fields.name("otherwise", Need::must);
    if (const auto wait = fields.time("wait", Need::may, wait_min, wait_max)) state.wait = *wait;
    if (const auto times = fields.whole("times", Need::may, 1, times_max))
        state.times = static_cast<unsigned>(*times);
}

void read_digits(Fields& fields, State& state) {
    state.say = fields.items("say", Need::must);
    read_waiting(fields, state);
    state.next = fields.name("next", Need::must);
    const auto typed = choice<Typed>(fields, "typed", Need::must, typed_words);
    if (!typed) return;
    state.typed = *typed;
    if (*typed == Typed::return_code) {
        state.digits_min = state.digits_max = code_digits;
        return;
    }
    const auto least = fields.whole("least", Need::must, phone_digits_min, phone_digits_max);
    const auto most =
        fields.whole("most", Need::must, least.value_or(phone_digits_min), phone_digits_max);
    state.digits_min = least.value_or(0);
    state.digits_max = most.value_or(0);
    state.confirm = fields.items("confirm", Need::must);
    state.accept = fields.digit("accept", Need::may).value_or('1');
    state.accept_say = fields.name("accept_say", Need::must);
    state.again = fields.digit("again", Need::may).value_or('2');
    state.again_say = fields.name("again_say", Need::must);
}

void read_record(Fields& fields, State& state) {
    state.say = fields.items("say", Need::may);  // flow_check.cpp has more to say about it
    state.options = read_options(fields, Need::may);
    state.next = fields.name("next", Need::must);
    state.empty = fields.name("empty", Need::must);
    state.failed = fields.name("failed", Need::must);
    const auto longest = fields.time("longest", Need::may, recording_min, recording_max);
    state.longest = longest.value_or(state.longest);
    state.hush = fields.time("hush", Need::may, hush_min, hush_max).value_or(state.hush);
}

void read_queue(Fields& fields, State& state) {
    state.say = fields.items("say", Need::may);
    state.news = fields.items("news", Need::must);
    const auto every = fields.time("news_every", Need::may, news_min, news_max);
    state.news_every = every.value_or(state.news_every);
    state.options = read_options(fields, Need::may);
    state.answered = fields.name("answered", Need::must);
    state.closed = fields.name("closed", Need::must);
    state.full = fields.name("full", Need::must);
    state.failed = fields.name("failed", Need::must);
}

void read_cover_state(Fields& fields, State& state) {
    state.say = fields.items("say", Need::must);
    read_waiting(fields, state);
    state.options = read_options(fields, Need::may);
    state.accept = fields.digit("accept", Need::may).value_or('1');
    state.accept_say = fields.name("accept_say", Need::must);
    state.number_say = fields.name("number_say", Need::must);
    state.none = fields.name("none", Need::must);
    state.failed = fields.name("failed", Need::must);
}

void read_kind(Fields& fields, State& state) {
    switch (state.kind) {
        case Kind::say:
            state.say = fields.items("say", Need::must);
            state.next = fields.name("next", Need::must);
            return;
        case Kind::language:
            state.say = fields.items("say", Need::must);
            read_waiting(fields, state);
            state.next = fields.name("next", Need::must);
            return;
        case Kind::choose:
            state.say = fields.items("say", Need::must);
            read_waiting(fields, state);
            state.options = read_options(fields, Need::must);
            return;
        case Kind::check:
            state.condition = choice<Condition>(fields, "if", Need::must, condition_words)
                                  .value_or(Condition::open);
            state.next = fields.name("next", Need::must);
            state.otherwise = fields.name("otherwise", Need::must);
            return;
        case Kind::digits:
            return read_digits(fields, state);
        case Kind::code:
            state.next = fields.name("next", Need::must);
            state.otherwise = fields.name("otherwise", Need::must);
            state.failed = fields.name("failed", Need::must);
            return;
        case Kind::record:
            return read_record(fields, state);
        case Kind::callback:
            state.next = fields.name("next", Need::must);
            state.failed = fields.name("failed", Need::must);
            state.number_missing = fields.name("number_missing", Need::must);
            return;
        case Kind::queue:
            return read_queue(fields, state);
        case Kind::talk:
            state.next = fields.name("next", Need::must);
            state.failed = fields.name("failed", Need::must);
            return;
        case Kind::cover:
            return read_cover_state(fields, state);
        case Kind::end:
            state.say = fields.items("say", Need::must);
    }
}

void read_state(Fields fields, const std::string& name, Flow& flow) {
    State state;
    state.name = name;
    const auto kind = choice<Kind>(fields, "kind", Need::must, kind_words);
    if (!kind) return;
    state.kind = *kind;
    read_kind(fields, state);
    if (state.kind != Kind::check) state.effects = read_effects(fields);
    fields.refuse_others(std::string("a state of kind ") +
                         kind_words[static_cast<std::size_t>(*kind)] + " has no such field");
    const auto former = std::ranges::find(flow.states, name, &State::name);
    if (former != flow.states.end())
        *former = std::move(state);
    else
        flow.states.push_back(std::move(state));
}

OpeningHours read_hours(Fields& fields) {
    OpeningHours hours;
    const auto stretches = [&](Fields& from, std::string_view key, bool with_days) {
        std::vector<Stretch> read;
        for (const auto& text : from.texts(key, Need::may, stretches_max)) {
            auto stretch = read_stretch(text);
            if (!stretch)
                from.complain(key, "`" + text + "`", std::move(stretch.error()));
            else if (with_days != text.contains(' '))
                from.complain(key, "`" + text + "`",
                              with_days ? "write its days first, such as mon-fri"
                                        : "write only times: the date says which day");
            else
                read.push_back(*stretch);
        }
        return read;
    };
    hours.zone = fields.text("zone", Need::must);
    if (!hours.zone.empty() && !local_time(hours.zone, 0))
        fields.complain("zone", "`" + hours.zone + "` is not known",
                        "write a name such as Africa/Tunis");
    const bool is_written =
        fields.has("open") && !fields.texts("open", Need::may, stretches_max).empty();
    hours.open = stretches(fields, "open", true);
    if (auto on = fields.table("on", Need::may))
        for (const auto& key : on->keys()) {
            const auto date = read_date(key);
            if (!date)
                on->complain(key, "there is no such day", "write a date such as \"2027-03-20\"");
            else
                hours.on[*date] = stretches(*on, key, false);
        }
    if (!is_written)
        fields.complain(
            "open", "it is never open",
            "write when, or leave [hours] out: then the queue says when nobody is there");
    fields.refuse_others("hours have no such field");
    return hours;
}

std::string read_number(Fields& fields, std::string_view key, Need need) {
    const auto number = fields.text(key, need);
    const bool sound = number.size() <= phone_digits_max &&
                       std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    if (!sound) fields.complain(key, "it is no number", "write its digits, as they are dialled");
    return number;
}

void read_lists(Fields& top, Flow& flow) {
    if (top.has("language")) flow.languages.clear();
    for (auto& fields : top.tables("language", Need::may, languages_max)) {
        Language language;
        language.code = fields.text("code", Need::must);
        language.digit = fields.digit("digit", Need::must).value_or('?');
        fields.refuse_others("a language has no such field");
        flow.languages.push_back(std::move(language));
    }
    if (top.has("emergency")) flow.emergency.clear();
    for (auto& fields : top.tables("emergency", Need::may, emergency_numbers_max)) {
        EmergencyNumber emergency;
        emergency.number = read_number(fields, "number", Need::must);
        emergency.say = fields.name("say", Need::may);
        fields.refuse_others("an emergency number has no such field");
        flow.emergency.push_back(std::move(emergency));
    }
    if (top.has("cover")) flow.covers.clear();
    for (auto& fields : top.tables("cover", Need::may, covers_max)) {
        Cover cover;
        cover.id = fields.text("id", Need::must);
        cover.say = fields.name("say", Need::must);
        cover.number = read_number(fields, "number", Need::may);
        cover.transfer = fields.truth("transfer");
        if (cover.number.empty() && !cover.transfer)
            fields.complain("", "nobody could reach it", "write number, or transfer = true");
        cover.languages = fields.texts("languages", Need::must, languages_max);
        if (auto hours = fields.table("hours", Need::must)) cover.hours = read_hours(*hours);
        fields.refuse_others("a cover has no such field");
        flow.covers.push_back(std::move(cover));
    }
}

void read_top(Fields& top, Flow& flow) {
    if (top.has("start")) flow.start = top.name("start", Need::may);
    if (top.has("silent")) flow.silent = top.name("silent", Need::may);
    if (auto danger = top.table("danger", Need::may)) {
        flow.danger_digit = danger->digit("digit", Need::must).value_or('*');
        flow.danger = danger->name("state", Need::must);
        danger->refuse_others("danger has no such field");
    }
    if (auto sounds = top.table("sounds", Need::may)) {
        flow.sounds.calm = sounds->name("calm", Need::must);
        flow.sounds.beep = sounds->name("beep", Need::must);
        flow.sounds.press = sounds->name("press", Need::must);
        flow.sounds.between = sounds->name("between", Need::may);
        flow.sounds.notice = sounds->name("notice", Need::must);
        sounds->refuse_others("sounds have no such field");
    }
    if (auto hours = top.table("hours", Need::may)) flow.hours = read_hours(*hours);
    read_lists(top, flow);
    if (auto states = top.table("state", Need::may, " "))
        for (const auto& name : states->keys())
            if (auto fields = states->table(name, Need::must)) read_state(*fields, name, flow);
}

}  // namespace

void lay_over(Flow& flow, std::string_view text, std::string_view file,
              std::vector<Complaint>& complaints) {
    if (text.size() > flow_bytes_max) {
        complaints.push_back({std::string(file), "it is too large", "write at most 256 KiB"});
        return;
    }
    const auto document = read_toml(text);
    if (!document) {
        complaints.push_back({std::string(file), document.error(), "write it as TOML 1.0"});
        return;
    }
    Fields top(*document, "", complaints);
    read_top(top, flow);
    top.refuse_others("a flow has no such field");
}

}  // namespace sanad::phone
