#include "plugins/channels/email/spam.h"

#include <algorithm>

namespace sanad::email {

const std::vector<SpamHeader>& usual_spam_headers() {
    static const std::vector<SpamHeader> headers{
        {"x-spam-flag", "yes"},
        {"x-spam-status", "yes"},
        {"x-spam", "yes"},
        {"x-rspamd-action", "reject"},
        {"x-rspamd-action", "add header"},
        {"x-rspamd-action", "add_header"},
        {"x-rspamd-action", "rewrite subject"},
        {"x-rspamd-action", "rewrite_subject"},
    };
    return headers;
}

bool is_called_spam(const Mail& mail, const std::vector<SpamHeader>& headers) {
    return std::ranges::any_of(mail.headers, [&](const Header& header) {
        return std::ranges::any_of(headers, [&](const SpamHeader& one) {
            return header.name == one.name && begins_ignoring_case(trim(header.value), one.begins);
        });
    });
}

SenderRate::SenderRate(Limit limit) : limit_(limit) {}

SenderRate::Sender& SenderRate::find(std::string_view sender) {
    const std::string name(sender);
    if (const auto known = places_.find(name); known != places_.end()) {
        senders_.splice(senders_.begin(), senders_, known->second);
        return senders_.front();
    }
    if (places_.size() >= limit_.senders && !senders_.empty()) {
        places_.erase(senders_.back().name);
        senders_.pop_back();
    }
    senders_.push_front({name, {}});
    places_[name] = senders_.begin();
    return senders_.front();
}

bool SenderRate::take(std::string_view sender, std::int64_t now) {
    auto& times = find(sender).times;
    while (!times.empty() && times.front() <= now - limit_.seconds) times.pop_front();
    times.push_back(now);
    if (times.size() <= limit_.mails) return true;
    times.pop_front();  // no more than the limit is remembered
    return false;
}

Standing judge_sender(const Mail& mail, const std::vector<SpamHeader>& headers, SenderRate& rate,
                      std::string_view sender, std::int64_t now) {
    Standing standing;
    if (is_called_spam(mail, headers)) standing.marks.emplace_back("maybe_spam");
    if (!rate.take(sender, now)) standing.marks.emplace_back("many_from_sender");
    standing.set_aside = !standing.marks.empty();
    return standing;
}

}  // namespace sanad::email
