#include "plugins/channels/email/intake.h"

#include <sanad/values.hpp>

#include <algorithm>
#include <random>

namespace sanad::email {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t mail_bytes = 25U << 20;
constexpr std::size_t batch_mails = 100;
constexpr std::size_t batch_bytes = 4U << 20;  // of mails fetched together; one may be larger
constexpr std::size_t lanes = 8;
constexpr milliseconds first_wait = 500ms, last_wait = 60s;
constexpr milliseconds node_wait = 2s;  // until a node that takes nothing is asked again

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// So long until the next try; a random part keeps many from coming back at the same moment.
milliseconds wait_after(unsigned failures) {
    const auto whole = std::min(first_wait * (1U << std::min(failures, 10U)), last_wait);
    thread_local std::minstd_rand random{std::random_device{}()};
    return milliseconds(
        std::uniform_int_distribution<std::int64_t>(whole.count() / 2, whole.count())(random));
}

}  // namespace

Intake::Intake(plugin::Host& host, const Settings& settings, const Way& way, Inward& inward)
    : host_(host), settings_(settings), way_(way), inward_(inward), thread_([this] { work(); }) {}

Intake::~Intake() {
    cancel_.now();
    thread_.join();
}

bool Intake::drain() {
    draining_ = true;
    return !busy_;
}

std::string Intake::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

void Intake::say(std::string trouble) {
    const std::lock_guard lock(mutex_);
    if (trouble == trouble_) return;
    trouble_ = std::move(trouble);
    host_.log(trouble_.empty() ? SANAD_LOG_INFO : SANAD_LOG_WARN,
              trouble_.empty() ? "email.watching" : "email.no_mailbox", {{"code", trouble_}});
}

void Intake::work() {
    while (!cancel_.asked()) {
        const auto ended = session();
        busy_ = false;
        if (cancel_.asked()) return;
        if (!ended) say(ended.error());
        if (!cancel_.wait(wait_after(failures_++))) return;
    }
}

Imap::Done<void> Intake::session() {
    const auto wire = open_wire(settings_.imap, way_, cancel_);
    if (!wire) return std::unexpected(std::string(name(wire.error())));
    Imap imap(**wire, {settings_.answer, std::max<milliseconds>(settings_.answer, 120s)});
    if (auto done = imap.greet(); !done) return done;
    if (auto done = imap.sign_in(plain(settings_.user, settings_.password), settings_.user,
                                 settings_.password);
        !done)
        return done;
    for (const std::string& folder : {settings_.processed, settings_.quarantine})
        if (auto done = imap.create(folder); !done) return done;
    if (auto done = imap.select(settings_.inbox); !done) return std::unexpected(done.error());
    say({});
    for (;;) {
        const auto all = take_all(imap);
        if (!all) return std::unexpected(all.error());
        failures_ = 0;
        if (!*all) {  // the node takes nothing now, a full disk perhaps
            say("node_takes_nothing");
            if (!cancel_.wait(node_wait)) return {};
            continue;
        }
        say({});
        if (const auto news = imap.wait(settings_.idle, settings_.poll, cancel_); !news)
            return std::unexpected(news.error());
    }
}

// false: some of them have to wait.
Imap::Done<bool> Intake::take_all(Imap& imap) {
    for (;;) {
        const auto uids = imap.all();
        if (!uids) return std::unexpected(uids.error());
        plugin::gauge(host_, "waiting", uids->size());
        if (uids->empty()) return true;
        bool whole = true;
        for (std::size_t at = 0; at < uids->size(); at += batch_mails) {
            if (draining_ || cancel_.asked()) return true;
            const auto last = std::min(at + batch_mails, uids->size());
            busy_ = true;
            const auto taken = take_some(imap, {uids->begin() + static_cast<std::ptrdiff_t>(at),
                                                uids->begin() + static_cast<std::ptrdiff_t>(last)});
            busy_ = false;
            if (!taken) return std::unexpected(taken.error());
            if (*taken == 0) return false;  // it takes none at all
            whole = whole && *taken == last - at;
        }
        if (!whole) return false;
    }
}

Imap::Done<std::size_t> Intake::take_some(Imap& imap, const std::vector<std::uint32_t>& uids) {
    const auto sizes = imap.sizes(uids);
    if (!sizes) return std::unexpected(sizes.error());
    std::size_t at = 0, left = uids.size();
    while (at < sizes->size()) {
        std::vector<std::uint32_t> some;
        for (std::size_t bytes = 0; at < sizes->size(); ++at) {
            bytes += std::min<std::size_t>(*(*sizes)[at].size, mail_bytes);
            if (!some.empty() && bytes > batch_bytes) break;
            some.push_back((*sizes)[at].uid);
        }
        const auto mails = imap.bodies(some, mail_bytes);
        if (!mails) return std::unexpected(mails.error());
        const std::vector<Inward::Fate> fates = take_in(*mails);
        std::vector<std::uint32_t> done, aside;
        for (std::size_t one = 0; one < fates.size(); ++one) {
            if (fates[one] == Inward::Fate::done) done.push_back((*mails)[one].uid);
            if (fates[one] == Inward::Fate::set_aside) aside.push_back((*mails)[one].uid);
        }
        if (auto moved = imap.move(done, settings_.processed); !moved)
            return std::unexpected(moved.error());
        if (auto moved = imap.move(aside, settings_.quarantine); !moved)
            return std::unexpected(moved.error());
        left -= done.size() + aside.size();
    }
    return uids.size() - left;
}

// The node writes what comes together to its disk together, so mails are submitted side by side:
// those of one conversation one after the other.
std::vector<Inward::Fate> Intake::take_in(const std::vector<Fetched>& mails) {
    std::vector<Inward::Fate> fates(mails.size(), Inward::Fate::later);
    const auto take = [&](std::size_t one) {
        try {
            fates[one] = inward_.take(*mails[one].body, now_seconds());
        } catch (const std::exception&) {  // it stays in the mailbox
            host_.log(SANAD_LOG_ERROR, "email.mail_unreadable");
        }
    };
    if (mails.size() == 1) {
        take(0);
        return fates;
    }
    std::vector<std::vector<std::size_t>> shares(lanes);
    for (std::size_t one = 0; one < mails.size(); ++one)
        shares[inward_.lane_of(*mails[one].body) % lanes].push_back(one);
    std::vector<std::thread> workers;
    for (const auto& share : shares)
        if (!share.empty())
            workers.emplace_back([&take, &share, this] {
                for (const std::size_t one : share)
                    if (!cancel_.asked()) take(one);
            });
    for (std::thread& worker : workers) worker.join();
    return fates;
}

}  // namespace sanad::email
