#include "plugins/channels/email/outward.h"

#include "plugins/channels/email/compose.h"

#include <openssl/rand.h>

#include <algorithm>
#include <random>

namespace sanad::email {
namespace {

using plugin::Outcome;
using namespace std::chrono_literals;

constexpr std::chrono::seconds ask_again{1};
constexpr std::size_t greeted_slots = 2'048;

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw plugin::Error(SANAD_E_INTERNAL, "email.no_random");
    return bytes;
}

// 15 s, 30 s, ... half an hour; mail servers that grey-list want a few minutes.
std::chrono::milliseconds wait_after(unsigned tries) {
    return std::min<std::chrono::milliseconds>(15s * (1U << std::min(tries, 10U)), 30min);
}

std::string progress_key(const std::string& conversation) {
    return "c" + conversation.substr(0, 64);
}

std::string number_bytes(std::uint64_t number) {
    std::string bytes(8, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(number & 0xffU);
        number >>= 8;
    }
    return bytes;
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t at = 8; at-- > 0;)
        number = number << 8 | static_cast<unsigned char>(bytes[at]);
    return number;
}

Outgoing outgoing(const Settings& settings, const Return& to, std::string text) {
    Outgoing mail;
    mail.own = settings.own;
    mail.name = settings.from_name;
    mail.to = to.mailbox;
    mail.token = to.token;
    mail.random = random_bytes(16);
    mail.date = now_seconds();
    mail.language = to.language;
    mail.text = std::move(text);
    mail.in_reply_to = to.message_id;
    if (!to.message_id.empty()) mail.references = {to.message_id};
    return mail;
}

}  // namespace

std::string format_progress(const Progress& progress) {
    return (progress.sending ? "s" : "d") + number_bytes(progress.seq);
}

Progress parse_progress(std::string_view bytes) {
    if (bytes.size() != 9 || (bytes[0] != 's' && bytes[0] != 'd')) return {};
    return {bytes[0] == 's', number_of(bytes.substr(1))};
}

Outward::Outward(plugin::Host& host, const Settings& settings, SendMail send,
                 std::chrono::milliseconds waits)
    : host_(host), settings_(settings), send_(std::move(send)), waits_(waits), values_(host) {
    for (std::size_t at = 0; at < senders; ++at) threads_.emplace_back([this] { work(); });
}

Outward::~Outward() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

Outcome Outward::deliver(const Mail& mail) {
    const Key key{mail.conversation, mail.seq};
    std::unique_lock lock(mutex_);
    auto found = jobs_.find(key);
    if (found == jobs_.end()) {
        if (draining_ || stopping_) return Outcome::retry(ask_again, "draining");
        // What is done and was not asked for again is known from the node's values as well.
        if (jobs_.size() >= mails_max)
            std::erase_if(jobs_, [](const auto& one) { return one.second.done; });
        if (jobs_.size() >= mails_max) return Outcome::retry(ask_again, "busy");
        found = jobs_.emplace(key, Job{mail, false, false, {}}).first;
        changed_.notify_all();
    }
    Job& job = found->second;
    if (!changed_.wait_for(lock, waits_, [&] { return job.done; }))
        return Outcome::retry(ask_again, "under_way");
    Outcome outcome = std::move(job.outcome);
    jobs_.erase(found);
    return outcome;
}

void Outward::forget(const std::string& conversation) {
    {
        const std::lock_guard lock(mutex_);
        tries_.erase(conversation);
    }
    // Kept while a mail may be on its way: a crash now would otherwise send it twice.
    const auto kept = values_.get(progress_key(conversation));
    if (kept.status == SANAD_OK && !parse_progress(kept.value).sending)
        (void)values_.remove(progress_key(conversation));
}

void Outward::greet(Greeting greeting) {
    const std::lock_guard lock(mutex_);
    if (draining_ || greetings_.size() >= greetings_max) return;
    greetings_.push_back(std::move(greeting));
    changed_.notify_all();
}

bool Outward::drain() {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    return busy_ == 0;
}

std::string Outward::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

std::size_t Outward::queued() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
}

void Outward::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto next = [this] {
            return std::ranges::find_if(
                jobs_, [](const auto& one) { return !one.second.taken_up && !one.second.done; });
        };
        changed_.wait(lock,
                      [&] { return stopping_ || next() != jobs_.end() || !greetings_.empty(); });
        if (stopping_) return;
        ++busy_;
        if (const auto found = next(); found != jobs_.end()) {
            Job& job = found->second;  // stays where it is until it is done
            job.taken_up = true;
            lock.unlock();
            Outcome outcome;
            try {
                outcome = send(job.mail);
            } catch (const std::exception&) {
                outcome = Outcome::retry(wait_after(0), "exception");
            }
            lock.lock();
            job.outcome = std::move(outcome);
            job.done = true;
        } else {
            const Greeting greeting = std::move(greetings_.front());
            greetings_.pop_front();
            lock.unlock();
            try {
                send_greeting(greeting);
            } catch (const std::exception&) {
                host_.log(SANAD_LOG_WARN, "email.no_greeting", {{"code", "exception"}});
            }
            lock.lock();
        }
        --busy_;
        changed_.notify_all();
    }
}

bool Outward::tell(const Mail& mail, const char* mark) {
    const std::string key = sha256(mail.conversation + number_bytes(mail.seq) + mark);
    const sanad_status status = host_.notice(mail.conversation, key, mark, mail.seq);
    // A conversation that is gone has nobody who could be told.
    return status == SANAD_OK || status == SANAD_E_NOT_FOUND;
}

Outcome Outward::send(const Mail& mail) {
    const std::string key = progress_key(mail.conversation);
    const auto kept = values_.get(key);
    if (kept.status != SANAD_OK && kept.status != SANAD_E_NOT_FOUND)
        return Outcome::retry(ask_again, "no_values");
    const Progress before = parse_progress(kept.value);
    if (before.sending && before.seq == mail.seq) {
        plugin::count(host_, "maybe_not_sent");
        if (!tell(mail, "maybe_not_sent") ||
            values_.put(key, format_progress({false, mail.seq})) != SANAD_OK)
            return Outcome::retry(ask_again, "node_takes_nothing");
        return Outcome::accepted();
    }
    if (!before.sending && before.seq >= mail.seq) return Outcome::accepted();
    if (!is_mailbox(mail.to.mailbox) || mail.to.token.empty()) {
        if (!tell(mail, "not_delivered")) return Outcome::retry(ask_again, "node_takes_nothing");
        return Outcome::rejected("no_address");
    }
    const Composed composed = compose(outgoing(settings_, mail.to, mail.text));
    const Sent sent = send_({composed.envelope_sender, mail.to.mailbox, composed.bytes}, [&] {
        return values_.put(key, format_progress({true, mail.seq})) == SANAD_OK;
    });
    return judge(mail, sent);
}

Outcome Outward::judge(const Mail& mail, const Sent& sent) {
    const std::string key = progress_key(mail.conversation);
    unsigned tries = 0;
    {
        const std::lock_guard lock(mutex_);
        trouble_ = sent.fate == Sent::Fate::later ? sent.code : std::string();
        if (sent.fate == Sent::Fate::later) {
            tries = tries_[mail.conversation]++;
        } else {
            tries_.erase(mail.conversation);
        }
    }
    const bool old =
        now_seconds() - mail.written_ms / 1000 > std::chrono::seconds(given_up_after).count();
    if (sent.fate == Sent::Fate::later && !old) {
        // It certainly did not go: the mark that it may have must not stay.
        if (values_.put(key, format_progress({false, mail.seq - 1})) != SANAD_OK)
            return Outcome::retry(ask_again, "no_values");
        return Outcome::retry(wait_after(tries), sent.code);
    }
    if (sent.fate == Sent::Fate::taken) {
        // While the node's disk is full, "sending" stays; a crash then only asks a counsellor to
        // look.
        (void)values_.put(key, format_progress({false, mail.seq}));
        plugin::count(host_, "sent");
        return Outcome::accepted();
    }
    const bool unknown = sent.fate == Sent::Fate::unknown;
    plugin::count(host_, unknown ? "maybe_not_sent" : "not_delivered");
    if (!tell(mail, unknown ? "maybe_not_sent" : "not_delivered")) {
        // Asked again, it finds "sending" and tells that it may not have gone.
        return Outcome::retry(ask_again, "node_takes_nothing");
    }
    (void)values_.put(key, format_progress({false, mail.seq}));
    return unknown ? Outcome::accepted() : Outcome::rejected(sent.code);
}

// A sender has one of a fixed number of places in the node's small values: another sender who gets
// the same place takes it, and the first might be answered twice a day. Nothing grows, and a
// restart forgets nothing but how many were answered in this hour.
bool Outward::may_greet(const std::string& sender) {
    const std::int64_t now = now_seconds();
    {
        const std::lock_guard lock(mutex_);
        while (!greeted_.empty() && now - greeted_.front() >= 3600) greeted_.pop_front();
        if (greeted_.size() >= settings_.answers_per_hour) return false;
    }
    const std::string key = "g" + std::to_string(std::hash<std::string>()(sender) % greeted_slots);
    const auto kept = values_.get(key);
    if (kept.status != SANAD_OK && kept.status != SANAD_E_NOT_FOUND) return false;
    if (kept.value.size() == 24 && kept.value.starts_with(sender.substr(0, 16))) {
        const auto last = static_cast<std::int64_t>(number_of(kept.value.substr(16)));
        if (now - last < answer_again_seconds) return false;
    }
    // Before it goes: at most once is the promise.
    if (values_.put(key, sender.substr(0, 16) + number_bytes(static_cast<std::uint64_t>(now))) !=
        SANAD_OK)
        return false;
    const std::lock_guard lock(mutex_);
    greeted_.push_back(now);
    return true;
}

void Outward::send_greeting(const Greeting& greeting) {
    if (!may_greet(greeting.sender)) return;
    Outgoing mail = outgoing(settings_, greeting.to, greeting.text);
    mail.automatic = true;
    const Composed composed = compose(mail);
    const Sent sent =
        send_({composed.envelope_sender, greeting.to.mailbox, composed.bytes}, [] { return true; });
    if (sent.fate == Sent::Fate::taken) {
        plugin::count(host_, "greeted");
    } else {
        host_.log(SANAD_LOG_WARN, "email.no_greeting", {{"code", sent.code}});
    }
}

}  // namespace sanad::email
