// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>
#include <sanad/message.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

// The part of a fake node that desks ask. See fake_host.hpp.
namespace sanad::plugin {

/// threads  any
class FakeDesk {
public:
    /// What it answers somebody at the desk.
    struct Answer {
        std::string reply;         // a Reply of the node's api.capnp, flat
        std::string session = {};  // of who has just signed in
        bool ended = false;
    };
    using AnswerAsk = std::function<Answer(std::string_view session, std::string_view request)>;

    /// Called for each Ask, one at a time. Until it is set, desks are not supported.
    void answer_asks(AnswerAsk answer) {
        const std::lock_guard lock(mutex_);
        answer_ask_ = std::move(answer);
    }
    /// Something happened: the newest event of the feed has this number.
    void tell_news(std::uint64_t newest) {
        const std::lock_guard lock(mutex_);
        newest_ = newest;
        changed_.notify_all();
    }
    /// From now on that session is over.
    void end_session(std::string_view session) {
        const std::lock_guard lock(mutex_);
        ended_.emplace(session);
        changed_.notify_all();
    }

    /// SANAD_M_ASK, SANAD_M_REST or SANAD_M_NEWS. throws  Error: the request cannot be read
    sanad_status call(const sanad_call& call) {
        switch (call.method) {
            case SANAD_M_ASK:
                return ask(call);
            case SANAD_M_REST:
                return rest(call);
            case SANAD_M_NEWS:
                return news(call);
            default:
                return SANAD_E_UNSUPPORTED;
        }
    }

private:
    static constexpr std::size_t part_bytes = message_bytes_max - 1024;

    static sanad_status reply(const sanad_call& call, capnp::MessageBuilder& message) {
        return call.reply ? emit(message, *call.reply) : SANAD_OK;
    }

    // As the real node: what is longer than a message comes in parts.
    sanad_status ask(const sanad_call& call) {
        const Received<schema::Ask> request(call.request);
        const std::lock_guard lock(mutex_);
        if (!answer_ask_) return SANAD_E_UNSUPPORTED;
        Answer answer = answer_ask_(view_of(request->getSession()), view_of(request->getRequest()));
        capnp::MallocMessageBuilder built;
        auto out = built.initRoot<schema::AskReply>();
        out.setBytes(static_cast<std::uint32_t>(answer.reply.size()));
        out.setReply(data_of(std::string_view(answer.reply).substr(0, part_bytes)));
        out.setSession(data_of(answer.session));
        out.setEnded(answer.ended);
        if (answer.reply.size() > part_bytes) {
            rest_ = std::move(answer.reply);
            out.setRest(1);
        }
        return reply(call, built);
    }

    sanad_status rest(const sanad_call& call) {
        const Received<schema::Rest> request(call.request);
        const std::lock_guard lock(mutex_);
        if (request->getHandle() != 1 || request->getOffset() >= rest_.size())
            return SANAD_E_NOT_FOUND;
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::RestReply>().setBytes(
            data_of(std::string_view(rest_).substr(request->getOffset(), part_bytes)));
        return reply(call, built);
    }

    sanad_status news(const sanad_call& call) {
        const Received<schema::News> request(call.request);
        const std::string session(view_of(request->getSession()));
        std::unique_lock lock(mutex_);
        const auto is_over = [&] { return session.empty() || ended_.count(session) > 0; };
        changed_.wait_for(lock, std::chrono::milliseconds(request->getWaitMs()),
                          [&] { return is_over() || newest_ > request->getAfter(); });
        capnp::MallocMessageBuilder built;
        auto out = built.initRoot<schema::NewsReply>();
        out.setSequence(is_over() ? 0 : newest_);
        out.setEnded(is_over());
        return reply(call, built);
    }

    std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    AnswerAsk answer_ask_;
    std::string rest_;
    std::uint64_t newest_ = 0;
    std::set<std::string> ended_;
};

}  // namespace sanad::plugin
