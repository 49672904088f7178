#include "plugins/channels/webchat/plain.h"

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

}  // namespace

struct Plain::Visit {
    std::shared_ptr<const Page> page;
    http::Responder respond;
    std::uint64_t source = 0;
    std::string conversation, language;
    Say said;
    bool pressed = false;
    Shown shown;

    void answer(unsigned status, std::string_view notice = {}) {
        shown.notice = notice;
        shown.cid = make_message_name();
        http::Response response = page->show(language, shown);
        response.status = status;
        respond(std::move(response));
    }
};

void Plain::take(const http::Request& request, std::shared_ptr<const Page> page,
                 const http::Responder& respond) {
    if (of_another_site(request))
        return respond(http::refusal(403, "origin_not_allowed", "Open the page itself to write."));
    if (request.path == "/bye") return respond(goodbye());
    using Step = void (Plain::*)(Visit);
    static const std::map<std::string, Step, std::less<>> steps = {
        {"/say", &Plain::say}, {"/look", &Plain::look}, {"/leave", &Plain::leave}};
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
    if (token.empty()) token = make_token();
    const auto conversation = conversation_of(token);
    if (!readable || !conversation)
        return respond(http::refusal(422, "form_malformed", "Open the page again to write."));
    Visit visit{.page = std::move(page),
                .respond = respond,
                .source = request.source,
                .conversation = *conversation,
                .language = field("lang"),
                .said = {field("cid"), cleaned(field("text")), field("lang")},
                .pressed = field("press") == "1",
                .shown = {.token = std::move(token)}};
    if (!is_language(visit.said.language)) visit.said.language.clear();
    (this->*step->second)(std::move(visit));
}

void Plain::say(Visit visit) {
    if (!is_message_name(visit.said.cid))
        return visit.respond(http::refusal(422, "form_malformed", "Open the page again to write."));
    const std::string conversation = visit.conversation;
    later(conversation, std::move(visit), &Plain::submit);
}

void Plain::look(Visit visit) {
    // What was being written is not lost by a look.
    visit.shown.text = visit.said.text;
    const std::string conversation = visit.conversation;
    later(conversation, std::move(visit), &Plain::look_again);
}

void Plain::leave(Visit visit) {
    const std::string conversation = visit.conversation;
    std::ignore = lanes_.add(conversation, [this, conversation] {
        std::ignore = host_.leave(conversation, schema::Leave::How::CLOSED);
    });
    visit.shown = {};
    visit.answer(200);
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
    switch (reply.status()) {
        case SANAD_OK:
            break;
        case SANAD_E_INVALID:
        case SANAD_E_REJECTED:
        case SANAD_E_DENIED:
        case SANAD_E_UNSUPPORTED:
            return give_back(422, "refused");
        default:
            return give_back(503, "slower");
    }
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
        if (!reply->getMore() || shown.lines.empty()) break;
        after = shown.lines.back().seq;
    }
    // What the page shows has reached the person, as far as anybody can know without scripts.
    if (std::ranges::any_of(shown.lines, [](const Line& line) { return !line.from_person; }))
        std::ignore = host_.receipt(visit.conversation, shown.lines.back().seq);
    visit.answer(status, notice);
}

}  // namespace sanad::webchat
