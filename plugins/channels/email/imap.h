#pragma once

#include "plugins/channels/email/imap_answers.h"
#include "plugins/channels/email/imap_reader.h"
#include "plugins/channels/email/wire.h"

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// An IMAP connection: commands, one after the other, each with a limit.
// source  RFC 3501, RFC 2177 (IDLE), RFC 6851 (MOVE), RFC 4315 (UIDPLUS), RFC 4959 (SASL-IR)
namespace sanad::email {

inline constexpr std::size_t moved_at_once = 100;

struct ImapTimes {
    std::chrono::milliseconds answer{30'000};  // of any command
    std::chrono::milliseconds fetch{120'000};  // of mails
};

struct Selected {
    std::uint32_t uid_validity = 0;
};

/// One step of signing in, as RFC 4422 calls a mechanism: PLAIN here, others by giving another.
struct Sasl {
    std::string mechanism;  // "PLAIN"
    std::string response;   // not in base64 yet
};
Sasl plain(std::string_view user, std::string_view password);

/// threads  one at a time
class Imap {
public:
    using Failure = std::string;  // a code for the log and for health, such as "closed"
    template <typename T>
    using Done = std::expected<T, Failure>;

    /// wire  outlives it
    explicit Imap(Wire& wire, ImapTimes times) : wire_(wire), times_(times) {}
    explicit Imap(Wire& wire) : Imap(wire, ImapTimes{}) {}

    /// The server's first word, and what it can do.
    Done<void> greet();
    /// By AUTHENTICATE where the server offers the mechanism, else by LOGIN.
    ///
    /// errors  imap_login_refused besides those of every command
    Done<void> sign_in(const Sasl& sasl, std::string_view user, std::string_view password);
    Done<void> create(std::string_view folder);  // it may be there already
    Done<Selected> select(std::string_view folder);
    /// All that is there; at most uids_max.
    Done<std::vector<std::uint32_t>> all();
    /// The sizes of mails, in the order of the server.
    Done<std::vector<Fetched>> sizes(const std::vector<std::uint32_t>& uids);
    /// Mails without marking them read, the first `bytes` of each.
    Done<std::vector<Fetched>> bodies(const std::vector<std::uint32_t>& uids, std::size_t bytes);
    /// MOVE, or else COPY, a mark and EXPUNGE of just these.
    Done<void> move(const std::vector<std::uint32_t>& uids, std::string_view folder);
    /// Waits for mail, at most so long. Where the server knows no IDLE it asks once and waits
    /// no more than `poll`.
    ///
    /// returns  true: something may be new
    Done<bool> wait(std::chrono::milliseconds limit, std::chrono::milliseconds poll,
                    const Cancel& cancel);
    void log_out();

    bool can(std::string_view capability) const { return can_.contains(std::string(capability)); }

private:
    using Each = std::function<void(ImapResponse&)>;
    Done<ImapResponse> response(std::chrono::milliseconds limit);
    Done<ImapCondition> finish(const std::string& tag, std::chrono::milliseconds limit,
                               const Each& each);
    Done<ImapCondition> command(std::string_view text, std::chrono::milliseconds limit,
                                const Each& each = {});
    Done<void> simple(std::string_view text);
    Done<void> send(std::string_view bytes);
    void learn(const ImapResponse& response);
    std::string next_tag();

    Wire& wire_;
    ImapTimes times_;
    ImapReader reader_;
    std::set<std::string> can_;
    std::uint64_t tags_ = 0;
    bool news_ = false;  // an EXISTS that nobody waited for
};

/// "1,2,3" for commands.
std::string set_of(const std::vector<std::uint32_t>& uids);

}  // namespace sanad::email
