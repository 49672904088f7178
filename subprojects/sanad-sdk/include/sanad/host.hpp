// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>
#include <sanad/message.hpp>

#include <atomic>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a plugin may ask of the node, with typed messages. Any thread of the plugin may call.
namespace sanad::plugin {

inline constexpr std::size_t log_line_bytes_max = 512;
inline constexpr std::chrono::seconds host_call_limit{10};

/// The node's answer to a call: a status, and on SANAD_OK the reply.
///
///     const auto answer = host().submit(conversation, key, text, language);
///     if (!answer) return later(answer.status());
///     acknowledge(answer->getSeq());
template <typename Schema>
class [[nodiscard]] Answer {
public:
    explicit operator bool() const { return status_ == SANAD_OK; }
    sanad_status status() const { return status_; }
    /// Only after SANAD_OK; what is read from it lives as long as this Answer.
    typename Schema::Reader operator*() const { return **reply_; }
    const typename Schema::Reader* operator->() const { return reply_->operator->(); }

private:
    friend class Host;
    sanad_status status_ = SANAD_E_INTERNAL;
    std::unique_ptr<Inbox> inbox_;
    std::unique_ptr<Received<Schema>> reply_;
};

/// threads  any
class Host {
public:
    explicit Host(const sanad_host& host) : host_(host) {}

    // ------------------------------------------------------------ channels

    /// A person wrote. SANAD_OK means it is on disk: then, not before, tell the person so. The same
    /// key again changes nothing and gives the same seq, so call again after any other status but
    /// SANAD_E_INVALID and SANAD_E_DENIED.
    ///
    /// conversation  16..64 bytes that stand for the conversation, never an address
    /// key           8..32 bytes: the same whenever the same message comes again
    /// text          1..16,000 bytes of UTF-8
    /// language      BCP 47, or empty
    Answer<schema::SubmitReply> submit(std::string_view conversation, std::string_view key,
                                       std::string_view text, std::string_view language) {
        return submit({conversation, key, text, language});
    }

    struct Submission {
        std::string_view conversation, key, text, language;  // as above
        /// How the channel reaches this person again, at most 512 bytes; empty: as it was.
        std::string_view return_address = {};
        /// At most 8 ids of the node's list contact-marks.
        std::vector<std::string> marks = {};
        /// Of a new conversation: perhaps nobody in need. It waits behind all others.
        bool set_aside = false;
    };
    /// The same, with more to say of it.
    Answer<schema::SubmitReply> submit(const Submission& said) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Submit>();
        std::string storage;
        request.setConversation(data_of(said.conversation));
        request.setKey(data_of(said.key));
        request.setText(text_of(said.text, storage));
        request.setLanguage(text_of(said.language, storage));
        request.setReturnAddress(data_of(said.return_address));
        fill(request.initMarks(static_cast<unsigned>(said.marks.size())), said.marks);
        request.setSetAside(said.set_aside);
        return ask<schema::SubmitReply>(SANAD_M_SUBMIT, message);
    }

    /// A counsellor must know `mark`, an id of the list contact-marks. The same key again changes
    /// nothing.
    ///
    /// seq  the helpline's message that it is about; 0: none
    [[nodiscard]] sanad_status notice(std::string_view conversation, std::string_view key,
                                      std::string_view mark, std::uint64_t seq = 0) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Notice>();
        std::string storage;
        request.setConversation(data_of(conversation));
        request.setKey(data_of(key));
        request.setMark(text_of(mark, storage));
        request.setSeq(seq);
        return tell(SANAD_M_NOTICE, message);
    }

    struct FilePart {
        std::string_view conversation;
        std::string_view file;  // 16 bytes, the same in all parts
        std::uint32_t index = 0;
        std::string_view bytes;  // at most file_part_bytes_max; none only in a last part
        bool last = false;
        std::string_view name = {}, media_type = {};  // with part 0
    };
    static constexpr std::size_t file_part_bytes_max = 16'384;
    /// A part of a file or of a recorded voice. SANAD_OK: it is on disk. The same part again
    /// changes nothing.
    [[nodiscard]] sanad_status attach(const FilePart& part) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Attach>();
        std::string storage;
        request.setConversation(data_of(part.conversation));
        request.setFile(data_of(part.file));
        request.setIndex(part.index);
        request.setBytes(data_of(part.bytes));
        request.setLast(part.last);
        request.setName(text_of(part.name, storage));
        request.setMediaType(text_of(part.media_type, storage));
        return tell(SANAD_M_ATTACH, message);
    }

    /// Everything up to `seq` has been shown to the person.
    [[nodiscard]] sanad_status receipt(std::string_view conversation, std::uint64_t seq) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Receipt>();
        request.setConversation(data_of(conversation));
        request.setSeq(seq);
        return tell(SANAD_M_RECEIPT, message);
    }

    /// What the conversation holds after `after`, at most `limit` (1..200) messages; fewer when
    /// they would not fit one message: look at `more`. A conversation nobody wrote in is empty.
    Answer<schema::ReplayReply> replay(std::string_view conversation, std::uint64_t after,
                                       std::uint32_t limit) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Replay>();
        request.setConversation(data_of(conversation));
        request.setAfter(after);
        request.setLimit(limit);
        return ask<schema::ReplayReply>(SANAD_M_REPLAY, message);
    }

    /// The person is writing. Nothing is kept of it.
    sanad_status typing(std::string_view conversation) {
        capnp::MallocMessageBuilder message;
        message.initRoot<schema::Typing>().setConversation(data_of(conversation));
        return tell(SANAD_M_TYPING, message);
    }

    /// The person left; `how` tells the counsellor what may have happened.
    [[nodiscard]] sanad_status leave(std::string_view conversation, schema::Leave::How how) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Leave>();
        request.setConversation(data_of(conversation));
        request.setHow(how);
        return tell(SANAD_M_LEAVE, message);
    }

    /// What the person thinks of the conversation. Again for the same conversation: no change.
    ///
    /// answers  at least one: an id of the node's list child-feedback, and a face from 1 to 5
    [[nodiscard]] sanad_status feedback(
        std::string_view conversation,
        const std::vector<std::pair<std::string, std::uint8_t>>& answers) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Feedback>();
        request.setConversation(data_of(conversation));
        auto list = request.initAnswers(static_cast<unsigned>(answers.size()));
        std::string storage;
        for (unsigned i = 0; i < list.size(); ++i) {
            list[i].setQuestion(text_of(answers[i].first, storage));
            list[i].setFace(answers[i].second);
        }
        return tell(SANAD_M_FEEDBACK, message);
    }

    // ------------------------------------------------------------ calls

    struct Arrival {
        std::string_view conversation, key;
        std::vector<std::string> languages;  // BCP 47, the one that was chosen first
        std::uint8_t urgency = 4;            // at least: 0 imminent danger .. 4
        std::vector<std::string> marks = {};
        std::string_view return_address = {};
        std::string_view earlier = {};  // of another channel, by its return code
    };
    /// Somebody is there who writes nothing: it makes the contact and puts it into the queue. The
    /// same key again changes nothing. SANAD_E_NOT_FOUND: there is no such earlier conversation.
    Answer<schema::ArriveReply> arrive(const Arrival& coming) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Arrive>();
        request.setConversation(data_of(coming.conversation));
        request.setKey(data_of(coming.key));
        fill(request.initLanguages(static_cast<unsigned>(coming.languages.size())),
             coming.languages);
        request.setUrgency(coming.urgency);
        fill(request.initMarks(static_cast<unsigned>(coming.marks.size())), coming.marks);
        request.setReturnAddress(data_of(coming.return_address));
        request.setEarlier(data_of(coming.earlier));
        return ask<schema::ArriveReply>(SANAD_M_ARRIVE, message);
    }

    /// Whom to ring for somebody who waits: one of `devices`, or an empty text for nobody now. The
    /// node keeps that place for 45 s, until `rang`.
    Answer<schema::SummonReply> summon(std::string_view conversation,
                                       const std::vector<std::string>& devices) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Summon>();
        request.setConversation(data_of(conversation));
        fill(request.initDevices(static_cast<unsigned>(devices.size())), devices);
        return ask<schema::SummonReply>(SANAD_M_SUMMON, message);
    }

    /// What became of ringing. SANAD_OK after an answer: the contact is theirs. SANAD_E_CONFLICT:
    /// somebody else has it by now.
    [[nodiscard]] sanad_status rang(std::string_view conversation, std::string_view device,
                                    schema::Rang::Result result) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Rang>();
        std::string storage;
        request.setConversation(data_of(conversation));
        request.setDevice(text_of(device, storage));
        request.setResult(result);
        return tell(SANAD_M_RANG, message);
    }

    /// What a device's digest is checked against. SANAD_E_NOT_FOUND: there is no such device.
    Answer<schema::DeviceReply> device(std::string_view name) {
        capnp::MallocMessageBuilder message;
        std::string storage;
        message.initRoot<schema::Device>().setName(text_of(name, storage));
        return ask<schema::DeviceReply>(SANAD_M_DEVICE, message);
    }

    // ------------------------------------------------------------ partners

    /// What the partner says of a matter. Call again as with `submit`.
    ///
    /// reference  the 16 bytes of its Dispatch
    /// key        8..32 bytes: the same whenever the same news comes again
    /// note       at most 2,000 bytes, may be empty
    /// by         "callback" or "pickup"
    Answer<schema::StatusReply> status(std::string_view reference, std::string_view key,
                                       schema::PartnerStatus status, std::string_view note,
                                       std::string_view by) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::Status>();
        std::string storage;
        request.setReference(data_of(reference));
        request.setKey(data_of(key));
        request.setStatus(status);
        request.setNote(text_of(note, storage));
        request.setBy(text_of(by, storage));
        return ask<schema::StatusReply>(SANAD_M_STATUS, message);
    }

    /// The disclosed view again, for a pickup page. SANAD_E_NOT_FOUND: closed, withdrawn or
    /// unknown.
    Answer<schema::ViewReply> view(std::string_view reference) {
        capnp::MallocMessageBuilder message;
        message.initRoot<schema::View>().setReference(data_of(reference));
        return ask<schema::ViewReply>(SANAD_M_VIEW, message);
    }

    // ------------------------------------------------------------ desks

    /// What the node answered somebody at a desk.
    struct Asked {
        sanad_status status = SANAD_OK;  // else nothing was answered
        std::string reply;               // a Reply of the node's api.capnp, flat
        std::string session;             // of somebody who has just signed in; else empty
        bool ended = false;              // the session is over, or there is none
    };
    /// Passes on what somebody at the desk wants. Waits for the node's answer, so never on a thread
    /// that others wait for.
    ///
    /// session  as an answer gave it, or empty
    /// request  a Request of the node's api.capnp, flat
    Asked ask_for(std::string_view session, std::string_view request) {
        capnp::MallocMessageBuilder message;
        auto out = message.initRoot<schema::Ask>();
        out.setSession(data_of(session));
        out.setRequest(data_of(request));
        auto answer = ask<schema::AskReply>(SANAD_M_ASK, message);
        if (!answer) return {answer.status(), {}, {}, false};
        Asked asked{SANAD_OK, std::string(view_of(answer->getReply())),
                    std::string(view_of(answer->getSession())), answer->getEnded()};
        while (answer->getRest() != 0 && asked.reply.size() < answer->getBytes()) {
            capnp::MallocMessageBuilder more;
            auto rest = more.initRoot<schema::Rest>();
            rest.setHandle(answer->getRest());
            rest.setOffset(static_cast<std::uint32_t>(asked.reply.size()));
            const auto part = ask<schema::RestReply>(SANAD_M_REST, more);
            if (!part) return {part.status(), {}, {}, false};
            if (part->getBytes().size() == 0) return {SANAD_E_INVALID, {}, {}, false};
            asked.reply += view_of(part->getBytes());
        }
        return asked;
    }

    /// Waits until something happened after `after`, at most `wait` (5 s); with a thread of its
    /// own.
    Answer<schema::NewsReply> news(std::string_view session, std::uint64_t after,
                                   std::chrono::milliseconds wait) {
        capnp::MallocMessageBuilder message;
        auto request = message.initRoot<schema::News>();
        request.setSession(data_of(session));
        request.setAfter(after);
        request.setWaitMs(static_cast<std::uint32_t>(wait.count()));
        return ask<schema::NewsReply>(SANAD_M_NEWS, message);
    }

    // ------------------------------------------------------------ every plugin

    using Field = std::pair<std::string_view, std::string_view>;

    /// One line in the node's log: an event name that never changes, then fields. Never what a
    /// person wrote, a name, a number, an address or a key. What is not printable ASCII shows as
    /// '_'.
    void log(std::int32_t level, std::string_view event, std::initializer_list<Field> fields = {}) {
        std::string line;
        const auto add = [&line](std::string_view text) {
            for (const char c : text) line += c > ' ' && c <= '~' && c != '=' ? c : '_';
        };
        add(event);
        for (const auto& [key, value] : fields) {
            line += ' ';
            add(key);
            line += '=';
            add(value);
        }
        host_.log(host_.ctx, level, line.data(), std::min(line.size(), log_line_bytes_max));
    }

    /// Nanoseconds on the host's clock, from an arbitrary zero; that of sanad_call.deadline_ns.
    std::uint64_t now_ns() const { return host_.now_ns(host_.ctx); }

    /// Asks for on_event(SANAD_EV_POST, token, 0) on the plugin's strand.
    void post(std::uint64_t token) { host_.post(host_.ctx, token); }

    /// A table of sanad/extensions.h, or nullptr where the node does not offer it.
    const void* extension(const char* id) const { return host_.get_extension(host_.ctx, id); }

    /// A call without a reply.
    sanad_status tell(std::uint32_t method, capnp::MessageBuilder& request) {
        return call(method, request, nullptr);
    }

    /// A call whose reply is a `Schema`. A reply that cannot be read is SANAD_E_INVALID.
    template <typename Schema>
    Answer<Schema> ask(std::uint32_t method, capnp::MessageBuilder& request) {
        Answer<Schema> answer;
        answer.inbox_ = std::make_unique<Inbox>();
        answer.status_ = call(method, request, answer.inbox_->sink());
        if (answer.status_ != SANAD_OK) return answer;
        try {
            answer.reply_ = std::make_unique<Received<Schema>>(answer.inbox_->bytes());
        } catch (const Error& error) {
            answer.status_ = error.status();
        }
        return answer;
    }

private:
    static void fill(capnp::List<capnp::Text>::Builder to, const std::vector<std::string>& from) {
        std::string storage;
        for (unsigned i = 0; i < to.size(); ++i) to.set(i, text_of(from[i], storage));
    }

    sanad_status call(std::uint32_t method, capnp::MessageBuilder& request,
                      const sanad_sink* reply) {
        const kj::Array<capnp::word> flat = flatten(request);
        if (flat.asBytes().size() > message_bytes_max) return SANAD_E_FULL;
        const auto limit = std::chrono::duration_cast<std::chrono::nanoseconds>(host_call_limit);
        sanad_call call{};
        call.size = sizeof call;
        call.method = method;
        call.id = next_id_.fetch_add(1, std::memory_order_relaxed);
        call.deadline_ns = now_ns() + static_cast<std::uint64_t>(limit.count());
        call.request = {flat.begin(), flat.asBytes().size()};
        call.reply = reply;
        return host_.call(host_.ctx, &call);
    }

    const sanad_host& host_;  // outlives the plugin instance
    std::atomic<std::uint64_t> next_id_{1};
};

}  // namespace sanad::plugin
