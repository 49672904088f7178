#pragma once

#include "plugins/channels/email/inward.h"
#include "plugins/channels/email/settings.h"
#include "plugins/channels/email/smtp.h"

#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// What counsellors write goes out once. Before a mail's text leaves, "sending" is on the node's
// disk; after the server's 250, "sent". Found at "sending" by the next process, nobody can know
// whether it went: nothing is sent again, and a counsellor is told.
namespace sanad::email {

inline constexpr std::size_t senders = 4;          // mails on their way at once
inline constexpr std::size_t mails_max = 256;      // waiting or on their way; above: "busy"
inline constexpr std::size_t greetings_max = 512;  // waiting; above they are left
inline constexpr std::chrono::milliseconds patience{3'000};
inline constexpr std::chrono::hours given_up_after{48};

/// How far a conversation's mails have gone.
struct Progress {
    bool sending = false;  // the mail `seq` may have gone; else all up to `seq` have
    std::uint64_t seq = 0;
    bool operator==(const Progress&) const = default;
};
std::string format_progress(const Progress& progress);
Progress parse_progress(std::string_view bytes);  // what is no progress is none

/// Sends a letter; see send_mail().
using SendMail = std::function<Sent(const Letter&, const std::function<bool()>& before_text)>;

/// threads  deliver, forget, drain: strand; greet: any
class Outward {
public:
    /// host, settings  outlive it
    Outward(plugin::Host& host, const Settings& settings, SendMail send,
            std::chrono::milliseconds waits = patience);
    ~Outward();  // after `send` has been told to give up; joins
    Outward(const Outward&) = delete;
    Outward& operator=(const Outward&) = delete;

    struct Mail {
        std::string conversation;
        std::uint64_t seq = 0;
        std::int64_t written_ms = 0;  // UTC since 1970
        std::string text;
        Return to;
    };
    /// Waits no longer than it was told; a mail that takes longer goes on, and the next call brings
    /// what became of it.
    plugin::Outcome deliver(const Mail& mail);
    /// The conversation has ended: nothing more needs to be known of it.
    void forget(const std::string& conversation);
    /// The automatic answer: at most one a day and sender, and it never holds a mail up.
    void greet(Greeting greeting);

    bool drain();
    std::string trouble() const;  // empty, or a code
    std::size_t queued() const;

private:
    struct Job {
        Mail mail;
        bool done = false, taken_up = false;
        plugin::Outcome outcome;
    };
    using Key = std::pair<std::string, std::uint64_t>;

    void work();
    plugin::Outcome send(const Mail& mail);
    plugin::Outcome judge(const Mail& mail, const Sent& sent);
    bool tell(const Mail& mail, const char* mark);
    bool may_greet(const std::string& sender);
    void send_greeting(const Greeting& greeting);

    plugin::Host& host_;
    const Settings& settings_;
    const SendMail send_;
    const std::chrono::milliseconds waits_;
    plugin::Values values_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Key, Job> jobs_;
    std::map<std::string, unsigned> tries_;  // of a conversation's mail, since it last went
    std::deque<Greeting> greetings_;
    std::deque<std::int64_t> greeted_;  // when, within the hour; a restart forgets it
    std::string trouble_;
    bool stopping_ = false, draining_ = false;
    std::size_t busy_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace sanad::email
