#include "plugins/channels/email/settings.h"

#include <sanad/message.hpp>

#include <algorithm>
#include <charconv>

namespace sanad::email {
namespace {

using plugin::Error;
using plugin::view_of;

void require(bool truth, const char* code) {
    if (!truth) throw Error(SANAD_E_INVALID, code);
}

bool is_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

std::string line(capnp::Text::Reader from, std::size_t least, std::size_t most, const char* code) {
    const std::string_view text = view_of(from);
    require(text.size() >= least && text.size() <= most && is_line(text), code);
    return std::string(text);
}

Words words(Texts::Reader from, std::size_t least, std::size_t most, const char* code) {
    return {line(from.getAr(), least, most, code), line(from.getFr(), least, most, code),
            line(from.getEn(), least, most, code)};
}

// ASCII only: other names have to be given as the server writes them (modified UTF-7).
std::string folder(capnp::Text::Reader from, const char* code) {
    const std::string text = line(from, 1, 200, code);
    require(std::ranges::all_of(text, [](char c) { return c > 0 && c < 0x7f; }), code);
    return text;
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void read_servers(Config::Reader config, Settings& settings) {
    const auto imap = read_mail_url(view_of(config.getImapUrl()), "email.imapUrl");
    require(imap.scheme == "imaps", "email.imapUrl");
    settings.imap = imap.place;
    settings.user = line(config.getUser(), 1, 320, "email.user");
    settings.has_ca_file = config.getCaFile().size() != 0;

    const auto smtp = read_mail_url(view_of(config.getSmtpUrl()), "email.smtpUrl");
    require(smtp.scheme == "smtps" || smtp.scheme == "smtp", "email.smtpUrl");
    settings.smtp.place = smtp.place;
    settings.smtp.place.tls = smtp.scheme == "smtps";
    settings.smtp.clear = config.getSmtpInClear();
    require(!settings.smtp.clear || !settings.smtp.place.tls, "email.smtpInClear");
    settings.smtp_signs_in = config.getSmtpAuth();
    settings.smtp_own_password = config.getSmtpUser().size() != 0;
    if (settings.smtp_signs_in)
        settings.smtp.user = settings.smtp_own_password
                                 ? line(config.getSmtpUser(), 1, 320, "email.smtpUser")
                                 : settings.user;
    // A password in clear would be everybody's on the way.
    require(!settings.smtp.clear || !settings.smtp_signs_in || is_this_machine(smtp.place.host),
            "email.smtpInClear");
    settings.smtp.our_name = settings.own.domain;
}

}  // namespace

MailUrl read_mail_url(std::string_view url, const char* code) {
    MailUrl read;
    const std::size_t scheme = url.find("://");
    require(scheme != url.npos, code);
    read.scheme = url.substr(0, scheme);
    std::string_view place = url.substr(scheme + 3);
    if (place.ends_with('/')) place.remove_suffix(1);
    const std::size_t colon = place.rfind(':');
    require(colon != place.npos && colon > 0, code);
    read.place.host = place.substr(0, colon);
    const std::string_view port = place.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), read.place.port);
    require(error == std::errc() && end == port.data() + port.size() && read.place.port != 0, code);
    require(read.place.host.size() <= 253 &&
                std::ranges::all_of(read.place.host,
                                    [](char c) {
                                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                               (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
                                    }),
            code);
    return read;
}

Settings read_settings(Config::Reader config) {
    Settings settings;
    const auto own = read_own_address(view_of(config.getAddress()));
    require(own.has_value(), "email.address");
    settings.own = *own;
    read_servers(config, settings);
    settings.inbox = folder(config.getInbox(), "email.inbox");
    settings.processed = folder(config.getProcessed(), "email.processed");
    settings.quarantine = folder(config.getQuarantine(), "email.quarantine");
    require(settings.inbox != settings.processed && settings.inbox != settings.quarantine,
            "email.processed");
    settings.authserv = line(config.getAuthserv(), 0, 253, "email.authserv");
    settings.from_name = line(config.getFromName(), 0, 120, "email.fromName");
    settings.helpline.name = words(config.getHelpline(), 1, 120, "email.helpline");
    settings.helpline.opening = words(config.getOpening(), 0, 500, "email.opening");
    for (const auto number : config.getEmergencyNumbers())
        settings.helpline.numbers.push_back(
            {line(number.getNumber(), 1, 20, "email.emergencyNumbers"),
             words(number.getLabel(), 1, 80, "email.emergencyNumbers")});
    for (const auto language : config.getLanguages())
        settings.helpline.languages.push_back(line(language, 2, 8, "email.languages"));
    require(!settings.helpline.languages.empty(), "email.languages");
    settings.automatic_answer = config.getAutomaticAnswer();
    settings.answers_per_hour = config.getAnswersPerHour();
    settings.mails_per_sender = config.getMailsPerSenderAndHour();
    settings.idle = std::chrono::seconds(config.getIdleSeconds());
    settings.poll = std::chrono::seconds(config.getPollSeconds());
    settings.answer = std::chrono::seconds(config.getAnswerSeconds());
    return settings;
}

}  // namespace sanad::email
