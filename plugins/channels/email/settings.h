#pragma once

#include "plugins/channels/email/answer.h"
#include "plugins/channels/email/email_config.capnp.h"
#include "plugins/channels/email/smtp.h"
#include "plugins/channels/email/threading.h"
#include "plugins/channels/email/wire.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace sanad::email {

/// The configuration, checked. Passwords and authorities are read later: only the node can.
struct Settings {
    OwnAddress own;
    Place imap;
    std::string user, password;
    bool has_ca_file = false;
    SmtpServer smtp;
    bool smtp_signs_in = true, smtp_own_password = false;
    std::string inbox, processed, quarantine;
    std::string authserv, from_name;
    Helpline helpline;
    bool automatic_answer = true;
    std::size_t answers_per_hour = 0, mails_per_sender = 0;
    std::chrono::milliseconds idle{}, poll{}, answer{};
};

/// throws  plugin::Error SANAD_E_INVALID with a code such as "email.imapUrl"
Settings read_settings(Config::Reader config);

/// `imaps://host:993`: scheme and place. throws as above with `code`
struct MailUrl {
    std::string scheme;
    Place place;
};
MailUrl read_mail_url(std::string_view url, const char* code);

}  // namespace sanad::email
