#include "plugins/channels/email/smtp.h"

#include "plugins/channels/email/curl_way.h"

#include <algorithm>
#include <cstring>

namespace sanad::email {
namespace {

struct Text {
    std::string_view left;
    const std::function<bool()>& before;
    bool began = false;
};

std::size_t read_text(char* to, std::size_t size, std::size_t count, void* self) {
    auto& text = *static_cast<Text*>(self);
    if (!text.began) {
        if (!text.before()) return CURL_READFUNC_ABORT;
        text.began = true;
    }
    const std::size_t bytes = std::min(size * count, text.left.size());
    std::memcpy(to, text.left.data(), bytes);
    text.left.remove_prefix(bytes);
    return bytes;
}

std::string url_of(const SmtpServer& server) {
    return (server.place.tls ? "smtps://" : "smtp://") + server.place.host + ':' +
           std::to_string(server.place.port) + '/' + server.our_name;
}

}  // namespace

Sent::Fate fate_of(bool done, long answer, bool began, bool signed_in) {
    if (done) return Sent::Fate::taken;
    // That we may not sign in says nothing of the mail: somebody will set the password right.
    if (answer >= 500 && answer <= 599 && signed_in) return Sent::Fate::refused;
    if (answer >= 400 && answer <= 599) return Sent::Fate::later;
    return began ? Sent::Fate::unknown : Sent::Fate::later;
}

Sent send_mail(const SmtpServer& server, const Letter& letter, const Way& way, const Cancel& cancel,
               const std::function<bool()>& before_text) {
    CurlNames names;
    const Curl curl = prepare(url_of(server), server.place, way, cancel, names);
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> to(
        curl_slist_append(nullptr, ('<' + letter.to + '>').c_str()), curl_slist_free_all);
    if (!curl || !to) return {Sent::Fate::later, "no_memory"};
    CURL* const handle = curl.get();
    Text text{letter.bytes, before_text};
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     static_cast<long>(server.clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server.user.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
    }
    const std::string from = '<' + letter.from + '>';
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_text);
    curl_easy_setopt(handle, CURLOPT_READDATA, &text);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(server.limit.count()));

    const CURLcode code = curl_easy_perform(handle);
    long answer = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer);
    // Before the server's answer to EHLO there is nothing that a mail could be refused for.
    const bool signed_in = code != CURLE_LOGIN_DENIED && code != CURLE_USE_SSL_FAILED &&
                           code != CURLE_WEIRD_SERVER_REPLY;
    const bool refused_text = code == CURLE_WEIRD_SERVER_REPLY && text.began;
    Sent sent{fate_of(code == CURLE_OK, answer, text.began, signed_in || refused_text), {}};
    if (sent.fate == Sent::Fate::taken) return sent;
    const bool said = answer >= 400 && answer <= 599;
    sent.code = said ? "smtp_" + std::to_string(answer) : std::string(name(fault_of(code)));
    return sent;
}

}  // namespace sanad::email
