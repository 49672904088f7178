#pragma once

#include "plugins/channels/email/imap.h"
#include "plugins/channels/email/inward.h"
#include "plugins/channels/email/settings.h"
#include "plugins/channels/email/wire.h"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

// Watches the mailbox: what lies in it has not been taken yet, so there is no place to remember. A
// mail leaves it only when the node has it on its disk; until then it comes again.
namespace sanad::email {

class Intake {
public:
    /// host, settings, way, inward  outlive it
    Intake(plugin::Host& host, const Settings& settings, const Way& way, Inward& inward);
    ~Intake();  // cancels and joins
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// Begins no further mail. True: none is under way.
    bool drain();
    /// Empty: the mailbox is watched; else a code. threads  any
    std::string trouble() const;

private:
    void work();
    Imap::Done<void> session();
    Imap::Done<bool> take_all(Imap& imap);
    Imap::Done<std::size_t> take_some(Imap& imap, const std::vector<std::uint32_t>& uids);
    std::vector<Inward::Fate> take_in(const std::vector<Fetched>& mails);
    void say(std::string trouble);

    plugin::Host& host_;
    const Settings& settings_;
    const Way& way_;
    Inward& inward_;
    Cancel cancel_;
    std::atomic<bool> draining_{false}, busy_{false};
    mutable std::mutex mutex_;
    std::string trouble_ = "connecting";  // with the mutex held
    unsigned failures_ = 0;
    std::thread thread_;
};

}  // namespace sanad::email
