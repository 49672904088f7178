#include "tests/bench/generator.h"

#include "core/base/message.h"
#include "schemas/api.capnp.h"

#include <thread>

namespace sanad::bench {
namespace {

constexpr std::size_t text_bytes = 640;  // a body of 1,024 bytes with everything around it

}  // namespace

Generator::Generator(node::Node& ma, const NodeId& tn, Receipts& receipts, std::size_t referrals)
    : ma_(ma), receipts_(receipts), peer_(tn), ids_(referrals) {
    make_referrals();
    for (const auto& id : ids_) {
        capnp::MallocMessageBuilder builder;
        auto request = builder.initRoot<schema::api::Request>();
        request.setVersion(1);
        request.setActor(to_text(actor));
        auto move = request.initReferralMove();
        move.setReferral(to_text(format(id)));
        move.setMove("information");
        move.setText(to_text(std::string(text_bytes, 'a')));
        requests_.push_back(flatten(builder));
    }
}

void Generator::submit() {
    ma_.door().handle(requests_[next_++ % requests_.size()], [this](const Bytes& reply) {
        if (reply.size() > 512) refused_.fetch_add(1);  // an error has sentences in it
        answered_.fetch_add(1);
    });
    ++submitted_;
}

std::uint64_t Generator::settle() {
    while (answered_.load() < submitted_) std::this_thread::yield();
    if (refused_.load() != 0)
        give_up("the door refused " + std::to_string(refused_.load()) + " messages");
    return log_size();
}

double Generator::run(std::size_t count, std::size_t window) {
    const auto base = log_size();
    const auto start = Watch::now();
    for (std::size_t sent = 0; sent < count; ++sent) {
        // Each 1,001st entry carries a key and is no message.
        const auto done = [&] { return (receipts_.stored - base) * 1'000 / 1'001; };
        std::unique_lock lock(receipts_.mutex);
        if (!receipts_.changed.wait_for(lock, std::chrono::seconds(120),
                                        [&] { return sent < done() + window; }))
            give_up("receipts stopped");
        lock.unlock();
        submit();
    }
    receipts_.wait_stored(settle());
    return double(count) / seconds(Watch::now() - start);
}

std::vector<double> Generator::serial(int rounds) {
    std::vector<double> spans;
    for (int round = 0; round < rounds; ++round) {
        std::unique_lock lock(receipts_.mutex);
        const auto before = receipts_.verified;
        lock.unlock();
        const auto start = Watch::now();
        submit();
        lock.lock();
        if (!receipts_.changed.wait_for(lock, std::chrono::seconds(20),
                                        [&] { return receipts_.verified > before; }))
            give_up("no receipt");
        spans.push_back(microseconds(receipts_.verified_at - start));
    }
    receipts_.wait_stored(settle());
    return spans;
}

std::uint64_t Generator::log_size() {
    std::uint64_t size = 0;
    std::mutex mutex;
    std::condition_variable told;
    bool done = false;
    const auto taken = ma_.engine().submit(
        [&](store::Draft& draft) -> Result<void> {
            const auto end = ma_.referrals().logs().current_end(
                draft, {peer_, federation::Direction::out, federation::Lane::normal});
            if (end) size = end->size;
            return {};
        },
        [&](const Result<void>&) {
            const std::lock_guard lock(mutex);
            done = true;
            told.notify_one();
        });
    need(taken, "log size");
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return done; });
    return size;
}

void Generator::make_referrals() {
    std::atomic<std::size_t> made = 0;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        const auto taken = ma_.engine().submit(
            [&, i](store::Draft& draft) -> Result<void> {
                const auto record = ma_.referrals().request(
                    draft, peer_, {}, {}, invented_request(peer_, casework::Urgency::u3),
                    SystemClock{}.now());
                if (!record) return std::unexpected(record.error());
                ids_[i] = record->id;
                return {};
            },
            [&](const Result<void>& result) {
                need(result, "make referral");
                made.fetch_add(1);
            });
        need(taken, "make referral");
    }
    while (made.load() < ids_.size()) std::this_thread::yield();
    receipts_.wait_stored(log_size());
}

casework::ReferralRequest invented_request(const NodeId& to, casework::Urgency urgency) {
    casework::ReferralRequest request;
    request.case_code = "BENCH";
    request.kind = "referral";
    request.urgency = urgency;
    request.consent.by = casework::ConsentBy::child;
    request.consent.recipients = {to.text};
    request.consent.items = {casework::Item::narrative};
    request.consent.text_hash.fill(1);
    request.narrative = "an invented story for a measurement";
    request.transfer_basis = "express_consent";
    return request;
}

}  // namespace sanad::bench
