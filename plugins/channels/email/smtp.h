#pragma once

#include "plugins/channels/email/wire.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// Sending one mail. source  RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH)
namespace sanad::email {

struct SmtpServer {
    Place place;         // place.tls: smtps, else STARTTLS
    bool clear = false;  // neither: only to this machine, or where the operator says so
    std::string user;    // empty: nobody signs in
    std::string password;
    std::string our_name;                      // for EHLO
    std::chrono::milliseconds limit{120'000};  // of all of it
};

struct Letter {
    std::string from;  // of the envelope; empty: `<>`
    std::string to;
    std::string bytes;  // lines end in CR LF
};

struct Sent {
    enum class Fate : std::uint8_t {
        taken,    // the server has it
        later,    // it has not: try again
        refused,  // it has not, and will not
        unknown,  // the connection broke after the text, before the answer
    };
    Fate fate = Fate::later;
    std::string code;  // "smtp_550", "closed", ...: never what the server wrote
};

/// Sends.
///
/// before_text  is called once when the server waits for the text, before the first byte of it
///              leaves. False: nothing is sent, and the fate is `later`
Sent send_mail(const SmtpServer& server, const Letter& letter, const Way& way, const Cancel& cancel,
               const std::function<bool()>& before_text);

/// The same on a connection that is open already. threads  any
Sent send_mail_on(Wire& wire, const SmtpServer& server, const Letter& letter,
                  const std::function<bool()>& before_text);

/// What an answer to a command means for the mail: 4xx later, 5xx refused.
Sent::Fate fate_of(unsigned answer);

}  // namespace sanad::email
