#include "plugins/channels/email/smtp.h"

#include "plugins/channels/email/base64.h"
#include "plugins/channels/email/smtp_dialogue.h"

#include <optional>

namespace sanad::email {
namespace {

using Fate = Sent::Fate;
using Clock = std::chrono::steady_clock;

Sent later(std::string code) { return {Fate::later, std::move(code)}; }

Sent answered(unsigned code) { return {fate_of(code), "smtp_" + std::to_string(code)}; }

// Up to where a mail can be given. nothing: ready. Whatever goes wrong here says nothing of the
// mail: it is tried again.
std::optional<Sent> begin(SmtpDialogue& server, const SmtpServer& settings, bool& takes_8bit) {
    const auto greeting = server.hear();
    if (!greeting) return later(greeting.error());
    if (greeting->code != 220) return later("smtp_" + std::to_string(greeting->code));
    const std::string hello = "EHLO " + settings.our_name;
    auto can = server.ask(hello);
    if (!can) return later(can.error());
    if (can->code != 250) return later("smtp_" + std::to_string(can->code));
    if (!settings.place.tls && !settings.clear) {
        if (!can->lines.contains("STARTTLS")) return later("smtp_no_tls");
        const auto go = server.ask("STARTTLS");
        if (!go) return later(go.error());
        if (go->code != 220) return later("smtp_no_tls");
        if (const auto secured = server.secure(); !secured) return later(secured.error());
        can = server.ask(hello);
        if (!can) return later(can.error());
        if (can->code != 250) return later("smtp_" + std::to_string(can->code));
    }
    takes_8bit = can->lines.contains("8BITMIME");
    if (settings.user.empty()) return std::nullopt;
    std::string secret(1, '\0');
    secret += settings.user + '\0' + settings.password;
    const auto in = server.ask("AUTH PLAIN " + base64(secret));
    if (!in) return later(in.error());
    if (in->code != 235) return later("smtp_login_refused");
    return std::nullopt;
}

}  // namespace

Fate fate_of(unsigned answer) { return answer >= 500 ? Fate::refused : Fate::later; }

Sent send_mail_on(Wire& wire, const SmtpServer& settings, const Letter& letter,
                  const std::function<bool()>& before_text) {
    SmtpDialogue server(wire, Clock::now() + settings.limit);
    bool takes_8bit = false;
    if (auto failed = begin(server, settings, takes_8bit)) return *failed;
    const std::string mail_from =
        "MAIL FROM:<" + letter.from + '>' + (takes_8bit ? " BODY=8BITMIME" : "");
    for (const std::string& line : {mail_from, "RCPT TO:<" + letter.to + '>'}) {
        const auto answer = server.ask(line);
        if (!answer) return later(answer.error());
        if (answer->code >= 300) return answered(answer->code);
    }
    const auto go = server.ask("DATA");
    if (!go) return later(go.error());
    if (go->code != 354) return answered(go->code);
    if (!before_text()) return later("node_takes_nothing");
    // Once the last line may have gone, only the server's answer can say what became of it.
    if (const auto said = server.say(with_dots(letter.bytes)); !said)
        return {Fate::unknown, said.error()};
    const auto taken = server.hear();
    if (!taken) return {Fate::unknown, taken.error()};
    if (taken->code >= 300) return answered(taken->code);
    (void)server.say("QUIT\r\n");
    return {Fate::taken, {}};
}

Sent send_mail(const SmtpServer& server, const Letter& letter, const Way& way, const Cancel& cancel,
               const std::function<bool()>& before_text) {
    const auto wire = open_wire(server.place, way, cancel);
    if (!wire) return later(std::string(name(wire.error())));
    return send_mail_on(**wire, server, letter, before_text);
}

}  // namespace sanad::email
