#include "plugins/channels/webchat/plain.h"

#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/token.h"
#include "plugins/channels/webchat/told.h"
#include "plugins/shared/http/form.h"

#include <algorithm>
#include <tuple>

namespace sanad::webchat {
namespace {

namespace schema = plugin::schema;

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

bool of_another_site(const http::Request& request) {
    const std::string* site = request.header("sec-fetch-site");
    return site && *site != "same-origin" && *site != "none";
}

bool is_form(const http::Request& request) {
    const std::string* type = request.header("content-type");
    return type && type->starts_with("application/x-www-form-urlencoded");
}

// As the page's script does: no controls, and line ends without the browser's CR.
std::string cleaned(std::string text) {
    std::erase_if(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0x7F || (byte < 0x20 && c != '\n' && c != '\t');
    });
    constexpr const char* space = " \t\n";
    text.erase(0, std::min(text.find_first_not_of(space), text.size()));
    text.erase(text.find_last_not_of(space) + 1);
    return text;
}

// Nothing was stored that this could clear; it makes a browser drop what it may have kept of the
// page for its Back button.
http::Response goodbye() {
    http::Response response;
    response.status = 204;
    response.headers = {{"Clear-Site-Data", "\"cache\", \"storage\""}};
    return response;
}

Feel felt_in(const std::map<std::string, std::string>& fields) {
    Feel felt;
    for (const auto question : questions) {
        const auto found = fields.find(std::string(question));
        if (found == fields.end() || found->second.size() != 1) continue;
        const char face = found->second.front();
        if (face >= '1' && face <= '5')
            felt.answers.emplace_back(question, static_cast<std::uint8_t>(face - '0'));
    }
    return felt;
}

// What the page carries along for showing it again.
std::string code_in(std::string code) {
    const bool good =
        code.size() == code_digits && code.find_first_not_of("0123456789") == std::string::npos;
    return good ? std::move(code) : std::string();
}

}  // namespace

struct Plain::Visit {
    std::shared_ptr<const Page> page;
    http::Responder respond;
    std::uint64_t source = 0;
    std::string conversation, language;
    Say said;
    bool pressed = false;
    bool wants_json = false;
    std::string typed;  // a return code, as it was typed
    Feel felt;
    Shown shown;

    void answer(unsigned status, std::string_view notice = {}) {
        shown.notice = notice;
        shown.cid = make_message_name();
        http::Response response = page->show(language, shown);
        response.status = status;
        respond(std::move(response));
    }
};

Plain::Plain(plugin::Host& host, Presence& presence, lanes::Lanes& lanes, Sources sources,
             Wrote wrote)
    : host_(host),
      presence_(presence),
      lanes_(lanes),
      sources_(sources),
      wrote_(std::move(wrote)),
      seed_(make_token()) {}

void Plain::take(const http::Request& request, std::shared_ptr<const Page> page,
                 const http::Responder& respond) {
    if (of_another_site(request))
        return respond(http::refusal(403, "origin_not_allowed", "Open the page itself to write."));
    if (request.path == "/bye") return respond(goodbye());
    using Step = void (Plain::*)(Visit);
    static const std::map<std::string, Step, std::less<>> steps = {{"/say", &Plain::say},
                                                                   {"/look", &Plain::look},
                                                                   {"/leave", &Plain::leave},
                                                                   {"/feel", &Plain::feel},
                                                                   {"/back", &Plain::back}};
    const auto step = steps.find(request.path);
    if (step == steps.end())
        return respond(http::refusal(404, "not_found", "There is nothing at this address."));
    if (!is_form(request))
        return respond(http::refusal(415, "not_a_form", "This address takes the page's form."));
    auto fields = http::parse_form(request.body);
    const auto field = [&](const char* name) {
        const auto found = fields->find(name);
        return found == fields->end() ? std::string() : found->second;
    };
    const bool readable = fields && std::ranges::all_of(*fields, [](const auto& one) {
                              return http::is_utf8(one.second);
                          });
    std::string token = readable ? field("token") : std::string();
    const auto conversation =
        token.empty() ? std::optional<std::string>("") : conversation_of(token);
    if (!readable || !conversation)
        return respond(http::refusal(422, "form_malformed", "Open the page again to write."));
    const std::string* accepts = request.header("accept");
    Visit visit{.page = std::move(page),
                .respond = respond,
                .source = request.source,
                .conversation = *conversation,
                .language = field("lang"),
                .said = {field("cid"), cleaned(field("text")), field("lang")},
                .pressed = field("press") == "1",
                .wants_json = accepts && accepts->starts_with("application/json"),
                .typed = field("typed"),
                .felt = felt_in(*fields),
                .shown = {.token = std::move(token), .code = code_in(field("code"))}};
    if (!is_language(visit.said.language)) visit.said.language.clear();
    (this->*step->second)(std::move(visit));
}

void Plain::say(Visit visit) {
    if (!is_message_name(visit.said.cid))
        return visit.respond(http::refusal(422, "form_malformed", "Open the page again to write."));
    if (visit.conversation.empty()) {
        const std::string lane = visit.said.cid;  // the same form twice: one after the other
        return later(lane, std::move(visit), &Plain::begin);
    }
    const std::string conversation = visit.conversation;
    later(conversation, std::move(visit), &Plain::submit);
}

void Plain::look(Visit visit) {
    // What was being written is not lost by a look.
    visit.shown.text = visit.said.text;
    const std::string conversation = visit.conversation;
    if (conversation.empty()) return visit.answer(200);
    later(conversation, std::move(visit), &Plain::look_again);
}

void Plain::leave(Visit visit) {
    const std::string conversation = visit.conversation;
    if (!conversation.empty())
        std::ignore = lanes_.add(conversation, [this, conversation] {
            std::ignore = host_.leave(conversation, schema::Leave::How::CLOSED);
        });
    visit.shown = {};
    visit.answer(200, "left");
}

void Plain::feel(Visit visit) {
    const std::string conversation = visit.conversation;
    if (conversation.empty() || visit.felt.answers.empty()) return visit.answer(200);
    later(conversation, std::move(visit), &Plain::thank);
}

// Whatever the code is, its answer comes at the same moment: that of a right one must not tell
// itself apart by being late or early, and each try waits longer.
void Plain::back(Visit visit) {
    const auto wait =
        sources_ == Sources::apart ? presence_.try_code(visit.source, now()) : Presence::code_wait;
    const auto due = now() + wait;
    const std::string lane = make_token();
    visit.respond = [this, due, lane, respond = visit.respond](http::Response response) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now());
        lanes_.add_later(
            lane, std::max(left, std::chrono::milliseconds(0)),
            [respond, response = std::move(response)]() mutable { respond(std::move(response)); });
    };
    later(lane, std::move(visit), &Plain::open);
}

// What a job throws (a library's word for bad memory or a bad message) costs that job alone.
void Plain::later(const std::string& conversation, Visit visit, void (Plain::*job)(Visit&)) {
    const http::Responder respond = visit.respond;
    const bool added = lanes_.add(conversation, [this, job, visit = std::move(visit)]() mutable {
        try {
            (this->*job)(visit);
        } catch (...) {
            host_.log(SANAD_LOG_ERROR, "webchat.job_failed");
        }
    });
    if (!added) respond(http::refusal(503, "busy", "Try again in a moment."));
}

// ---------------------------------------------------------------- a lane's thread

// The code comes from the name of the first message: the same form sent twice is one conversation.
void Plain::begin(Visit& visit) {
    visit.shown.code = make_code(seed_ + visit.said.cid);
    visit.shown.token = token_of_code(visit.shown.code);
    visit.conversation = conversation_of(visit.shown.token).value_or("");
    submit(visit);
}

void Plain::open(Visit& visit) {
    const auto typed = fold_code(visit.typed);
    const std::string code = typed ? *typed : make_code();  // what is no code costs the same
    const std::string token = token_of_code(code);
    visit.conversation = conversation_of(token).value_or("");
    const auto known = host_.replay(visit.conversation, 0, 1);
    const bool right = typed && known && known->getState() != schema::ConversationState::NONE;
    if (right && sources_ == Sources::apart) presence_.code_was_right(visit.source);
    if (visit.wants_json) {
        http::Response response;
        response.content_type = "application/json";
        response.body = right ? key_json(token, code) : key_json({}, {});
        return visit.respond(std::move(response));
    }
    visit.shown = {};
    visit.shown.wrong = !right;
    if (!right) return visit.answer(200);
    visit.shown.token = token;
    visit.shown.code = code;
    show(visit, 200, {});
}

void Plain::thank(Visit& visit) {
    const bool taken = host_.feedback(visit.conversation, visit.felt.answers) == SANAD_OK;
    visit.shown.felt = taken;
    show(visit, taken ? 200 : 503, taken ? "thanks" : "notTaken");
}

void Plain::submit(Visit& visit) {
    const Say& said = visit.said;
    const auto give_back = [&](unsigned status, std::string_view notice) {
        visit.shown.text = said.text;
        show(visit, status, notice);
    };
    if (!has_words(said.text)) return give_back(422, "empty");
    if (characters(said.text) > characters_max) return give_back(422, "tooLong");
    if (presence_.spend_form(visit.conversation, now())) return give_back(429, "slower");
    const auto known = host_.replay(visit.conversation, 0, 1);
    if (!known) return give_back(503, "slower");
    if (known->getState() == schema::ConversationState::NONE &&
        !presence_.admit_source(visit.source, now(), visit.pressed)) {
        visit.shown.press = true;
        return give_back(429, "press");
    }
    const auto reply = host_.submit(visit.conversation, said.cid, said.text, said.language);
    if (is_refused_for_good(reply.status())) return give_back(422, "refused");
    if (!reply) return give_back(503, "slower");
    if (!reply->getDuplicate()) wrote_(visit.conversation, written_now(reply->getSeq(), said));
    show(visit, 200, {});
}

void Plain::look_again(Visit& visit) { show(visit, 200, {}); }

void Plain::show(Visit& visit, unsigned status, std::string_view notice) {
    Shown& shown = visit.shown;
    for (std::uint64_t after = 0;;) {
        const auto reply = host_.replay(visit.conversation, after, replay_limit);
        if (!reply) return visit.answer(503, "slower");
        for (auto& line : lines_of(*reply)) shown.lines.push_back(std::move(line));
        if (shown.lines.size() > lines_max)
            shown.lines.erase(shown.lines.begin(), shown.lines.end() - lines_max);
        if (reply->getState() != schema::ConversationState::NONE)
            shown.state = name_of(reply->getState());
        shown.standing = standing_of(*reply);
        if (!reply->getMore() || shown.lines.empty()) break;
        after = shown.lines.back().seq;
    }
    // What the page shows has reached the person, as far as anybody can know without scripts.
    if (std::ranges::any_of(shown.lines, [](const Line& line) { return !line.from_person; }))
        std::ignore = host_.receipt(visit.conversation, shown.lines.back().seq);
    visit.answer(status, notice);
}

}  // namespace sanad::webchat
