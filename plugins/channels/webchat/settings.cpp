#include "plugins/channels/webchat/settings.h"

#include <sanad/message.hpp>

#include <algorithm>

namespace sanad::webchat {
namespace {

using plugin::Error;
using plugin::view_of;

void require(bool truth, const char* code) {
    if (!truth) throw Error(SANAD_E_INVALID, code);
}

bool is_clean(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

std::string text(capnp::Text::Reader from, std::size_t least, std::size_t most, const char* code) {
    const std::string_view view = view_of(from);
    require(view.size() >= least && view.size() <= most && is_clean(view), code);
    return std::string(view);
}

Words words(Texts::Reader from, std::size_t least, std::size_t most, const char* code) {
    return {text(from.getAr(), least, most, code), text(from.getFr(), least, most, code),
            text(from.getEn(), least, most, code)};
}

bool is_web_address(std::string_view address) {
    return address.starts_with("https://") || address.starts_with("http://");
}

// scheme://host[:port] and nothing behind it, as browsers send it.
bool is_origin(std::string_view origin) {
    return is_web_address(origin) &&
           origin.find_first_of("/?# ", origin.find("//") + 2) == origin.npos &&
           !origin.ends_with('/');
}

Settings::Number number(EmergencyNumber::Reader from) {
    constexpr const char* code = "webchat.config.emergency_numbers";
    Settings::Number number{text(from.getNumber(), 1, number_bytes_max, code),
                            words(from.getLabel(), 1, label_bytes_max, code)};
    require(number.number.find_first_not_of("0123456789+*# ") == std::string::npos, code);
    return number;
}

}  // namespace

const std::string& Words::in(std::string_view language) const {
    if (language == "fr") return fr;
    return language == "en" ? en : ar;
}

Settings read_settings(Config::Reader config) {
    Settings settings;
    settings.listen_address =
        text(config.getListenAddress(), 1, address_bytes_max, "webchat.config.listen_address");
    settings.listen_port = config.getListenPort();
    settings.certificate_file =
        text(config.getCertificateFile(), 0, 4096, "webchat.config.certificate_file");
    settings.key_file =
        text(config.getCertificateKeyFile(), 0, 4096, "webchat.config.certificate_key_file");
    require(settings.certificate_file.empty() == settings.key_file.empty(),
            "webchat.config.certificate_key_file");
    settings.allow_tls_1_2 = config.getAllowTls12();
    settings.behind_proxy = config.getBehindProxy();
    for (const auto origin : config.getOrigins()) {
        settings.origins.push_back(text(origin, 1, address_bytes_max, "webchat.config.origins"));
        require(is_origin(settings.origins.back()), "webchat.config.origins");
    }
    constexpr std::string_view known[] = {"ary-Arab", "ary-Latn", "ar", "fr",
                                          "zgh-Tfng", "zgh-Latn", "en"};
    for (const auto language : config.getLanguages()) {
        const std::string_view tag = view_of(language);
        settings.languages.emplace_back(tag == "ary" ? "ary-Arab" : tag);  // its older name
        require(std::ranges::find(known, settings.languages.back()) != std::end(known) &&
                    std::ranges::count(settings.languages, settings.languages.back()) == 1,
                "webchat.config.languages");
    }
    require(!settings.languages.empty(), "webchat.config.languages");
    settings.helpline =
        words(config.getHelpline(), 1, helpline_bytes_max, "webchat.config.helpline");
    settings.opening = words(config.getOpening(), 0, opening_bytes_max, "webchat.config.opening");
    require(config.getEmergencyNumbers().size() <= numbers_max, "webchat.config.emergency_numbers");
    for (const auto entry : config.getEmergencyNumbers()) settings.numbers.push_back(number(entry));
    settings.exit_address =
        text(config.getExitAddress(), 1, address_bytes_max, "webchat.config.exit_address");
    require(is_web_address(settings.exit_address), "webchat.config.exit_address");
    settings.conversations_per_hour = config.getConversationsPerHour();
    require(config.getResumeMinutes() >= 1 && config.getResumeMinutes() <= resume_minutes_max,
            "webchat.config.resume_minutes");
    settings.resume = std::chrono::minutes(config.getResumeMinutes());
    return settings;
}

}  // namespace sanad::webchat
