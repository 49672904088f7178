// The part of Service that serves a request in the way of its rule.
#include "core/api/service_call.h"

#include "core/base/text.h"

#include <algorithm>

namespace sanad::api {

using schema::api::Request;

void Service::serve_now(const std::shared_ptr<Call>& call) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return call->finish(std::unexpected(snapshot.error()));
    Context context{**snapshot, nullptr, call->actor, parts_.clock.now()};
    Result<void> served;
    try {
        served = (this->*call->rule->handler)(context, call->request(), call->fresh());
    } catch (const kj::Exception& exception) {
        served = malformed(exception);
    }
    call->finish(served);
}

void Service::serve_in_engine(const std::shared_ptr<Call>& call) {
    const auto taken = parts_.engine.submit(
        [this, call](store::Draft& draft) -> Result<void> {
            Context context{draft, &draft, call->actor, parts_.clock.now()};
            Result<void> served;
            try {
                served = (this->*call->rule->handler)(context, call->request(), call->fresh());
            } catch (const kj::Exception& exception) {
                served = malformed(exception);
            }
            if (!served) return served;
            audit(draft, *call, context);
            return {};
        },
        [this, call](const Result<void>& result) {
            if (!result) record_refusal(*call, result.error());
            call->finish(result);
        });
    if (!taken) call->finish(taken);
}

void Service::audit(store::Draft& draft, const Call& call, const Context& context) {
    parts_.audit.append(draft, {.at = context.now,
                                .actor = call.actor.name,
                                .role = call.role(),
                                .action = call.rule->action,
                                .subject = context.subject,
                                .reason = context.reason.empty() ? call.reason : context.reason});
}

void Service::serve_at_length(const std::shared_ptr<Call>& call) {
    audit_first(call, [this, call] {
        {
            const std::lock_guard lock(mutex_);
            if (lengthy_.size() < lengthy_calls_max) {
                lengthy_.push_back(call);
                more_.notify_one();
                return;
            }
        }
        call->finish(fail(Fault::busy, "too many at once"));
    });
}

void Service::audit_first(const std::shared_ptr<Call>& call, const std::function<void()>& then) {
    const auto taken = parts_.engine.submit(
        [this, call](store::Draft& draft) -> Result<void> {
            audit(draft, *call, {draft, &draft, call->actor, parts_.clock.now()});
            return {};
        },
        [call, then](const Result<void>& result) {
            if (!result) return call->finish(result);
            try {
                then();
            } catch (const kj::Exception& exception) {
                call->finish(malformed(exception));
            }
        });
    if (!taken) call->finish(taken);
}

Service::Settle Service::settle(const std::shared_ptr<Call>& call) {
    return [call](const Result<void>& result, const std::function<void(Out)>& fill) {
        if (result) fill(call->fresh());
        call->finish(result);
    };
}

void Service::serve_by_links(const std::shared_ptr<Call>& call) {
    audit_first(call, [this, call] {
        parts_.node.with_links([this, call](federation::Links& links) {
            try {
                (this->*call->rule->by_links)(links, call->request(), settle(call));
            } catch (const kj::Exception& exception) {
                call->finish(malformed(exception));
            }
        });
    });
}

void Service::serve_by_plugins(const std::shared_ptr<Call>& call) {
    try {
        const auto change = call->request().getPluginChange();
        // The record says which plugin, and what was to become of it.
        call->reason = from_text(change.getWhat()) + " " + from_text(change.getInstance());
        if (!check_label(call->reason, store::Audit::text_bytes_max)) call->reason.clear();
    } catch (const kj::Exception& exception) {
        return call->finish(malformed(exception));
    }
    audit_first(call,
                [this, call] { (this->*call->rule->by_plugins)(call->request(), settle(call)); });
}

void Service::run_lengthy(const std::stop_token& stop) {
    for (;;) {
        std::shared_ptr<Call> call;
        {
            std::unique_lock lock(mutex_);
            if (!more_.wait(lock, stop, [this] { return !lengthy_.empty(); })) return;
            call = std::move(lengthy_.front());
            lengthy_.pop_front();
        }
        serve_now(call);
    }
}

// What was refused is part of the record too. When even that cannot be queued, nothing can.
void Service::record_refusal(const Call& call, const Error& error) {
    record_later({.at = parts_.clock.now(),
                  .actor = call.actor.name,
                  .role = call.role(),
                  .action = call.rule->action,
                  .result = code_of(error)});
}

void Service::record_later(store::AuditEntry entry) {
    const auto taken = parts_.engine.submit(
        [this, entry = std::move(entry)](store::Draft& draft) -> Result<void> {
            parts_.audit.append(draft, entry);
            return {};
        },
        {}, store::Engine::When::lazy);
    if (!taken) parts_.counters.add("api.refusal_unrecorded");
}

// True when nothing is there yet and the reader wants to wait: it is answered with the next commit
// that brings an event, or by tick().
bool Service::wait_for_feed(const std::shared_ptr<Call>& call) {
    std::uint64_t after = 0;
    Duration wait{0};
    try {
        const auto wanted = call->request().getFeedRead();
        after = wanted.getAfter();
        wait = Duration(wanted.getWaitMs());
    } catch (const kj::Exception&) {
        return false;  // serve_now says what is wrong with it
    }
    if (wait == Duration{0}) return false;
    // Registered first and looked at second, so that no event falls between the two.
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= waiting_readers_max) return false;
        call->answer_by = parts_.clock.elapsed() + std::min(wait, feed_wait_max);
        waiting_.push_back(call);
    }
    const auto snapshot = parts_.store.snapshot();
    const auto there = snapshot
                           ? parts_.feed.read(**snapshot, after, 1)
                           : Result<std::vector<store::Event>>(std::unexpected(snapshot.error()));
    if (there && there->empty()) return true;
    const std::lock_guard lock(mutex_);
    // When a commit has taken it in the meantime, it is being answered there.
    return std::erase(waiting_, call) == 0;
}

// Whoever waits at a desk may have been signed out meanwhile.
void Service::serve_reader(const std::shared_ptr<Call>& call) {
    if (call->desk && (!parts_.sessions.find(*call->desk->session, parts_.clock.now()) ||
                       !parts_.accounts.actor(call->actor.name)))
        return call->finish(fail(Fault::denied, "signed_out"));
    serve_now(call);
}

void Service::tick() {
    std::list<std::shared_ptr<Call>> late;
    {
        const std::lock_guard lock(mutex_);
        const auto now = parts_.clock.elapsed();
        for (auto call = waiting_.begin(); call != waiting_.end();) {
            const auto next = std::next(call);
            if ((*call)->answer_by <= now) late.splice(late.end(), waiting_, call);
            call = next;
        }
    }
    for (const auto& call : late) serve_reader(call);
    tidy_sessions();
}

}  // namespace sanad::api
