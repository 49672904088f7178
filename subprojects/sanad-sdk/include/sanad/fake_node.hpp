// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/fake_calls.hpp>
#include <sanad/fake_desk.hpp>
#include <sanad/fake_loop.hpp>
#include <sanad/fake_openings.hpp>
#include <sanad/fake_values.hpp>
#include <sanad/plugin.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

// The node's side of a plugin's test: conversations and matters in memory, answers to every call of
// sanad/methods.h by the real node's rules, failures that a test asks for. See fake_host.hpp.
namespace sanad::plugin {

inline constexpr std::size_t conversation_bytes_min = 16, conversation_bytes_max = 64;
inline constexpr std::size_t key_bytes_min = 8, key_bytes_max = 32;
inline constexpr std::size_t text_bytes_max = 16'000;
inline constexpr std::size_t return_address_bytes_max = 512;
inline constexpr std::size_t marks_max = 8;
inline constexpr std::size_t note_bytes_max = 2'000;
inline constexpr std::size_t reference_bytes = 16;
inline constexpr std::uint32_t replay_limit_max = 200;
inline constexpr std::size_t replay_text_bytes_max = message_bytes_max / 2;

/// threads  any
class FakeNode {
public:
    struct Message {
        std::uint64_t seq;
        std::int64_t at_ms;
        schema::Author from;
        std::string key;  // of a person's own message
        std::string text;
        std::vector<std::string> marks = {};
    };
    struct News {  // a Status of a partner
        std::string key;
        schema::PartnerStatus status;
        std::string note, by;
    };
    struct Matter {
        std::string view;
        std::string state = "sent";
        std::uint8_t urgency = 2;
        std::int64_t created_at_ms = 0;
        bool closed = false;  // View answers NOT_FOUND
        std::vector<News> news;
    };
    FakeNode() = default;
    FakeNode(const FakeNode&) = delete;
    FakeNode& operator=(const FakeNode&) = delete;

    /// What it opens for the plugin; nothing, and no such extensions, until the test allows it.
    FakeOpenings openings;
    /// What it keeps for the plugin, once the test allows some bytes, and counts of it.
    FakeValues values;
    /// What it waits for in the plugin's place; FakeHost lets the time pass.
    FakeLoop loop;
    /// What people at a desk ask of it.
    FakeDesk desk;
    /// What it knows of calls, notices and files.
    FakeCalls phones;

    /// The node as a plugin sees it: for a Host of the test's own.
    const sanad_host& table() const { return table_; }

    // ------------------------------------------------------------ scripts

    /// The next `times` calls of `method` answer `status` and do nothing.
    void fail_next(std::uint32_t method, sanad_status status, int times = 1) {
        const std::lock_guard lock(mutex_);
        scripts_[method].push_back({status, times, false});
    }
    /// The next call of `method` is carried out, but its answer is lost: the plugin sees `status`.
    void lose_next(std::uint32_t method, sanad_status status = SANAD_E_IO) {
        const std::lock_guard lock(mutex_);
        scripts_[method].push_back({status, 1, true});
    }
    void set_state(std::string_view conversation, schema::ConversationState state) {
        const std::lock_guard lock(mutex_);
        conversations_[std::string(conversation)].state = state;
    }
    /// While the person waits: their place (1: next), and how long the last ones waited.
    void set_place(std::string_view conversation, std::uint32_t position,
                   std::uint32_t wait_seconds) {
        const std::lock_guard lock(mutex_);
        Conversation& at = conversations_[std::string(conversation)];
        at.position = position;
        at.wait_seconds = wait_seconds;
    }
    /// Up to where a counsellor has seen what the person wrote.
    void set_read(std::string_view conversation, std::uint64_t seq) {
        const std::lock_guard lock(mutex_);
        conversations_[std::string(conversation)].read = seq;
    }
    void set_matter(std::string_view reference, Matter matter) {
        const std::lock_guard lock(mutex_);
        matters_[std::string(reference)] = std::move(matter);
    }

    // ------------------------------------------------------------ what happened

    std::vector<Message> conversation(std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? std::vector<Message>{} : found->second.messages;
    }
    std::vector<std::string> conversations() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> ids;
        for (const auto& [id, at] : conversations_) ids.push_back(id);
        return ids;
    }
    std::string return_address(std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? std::string() : found->second.return_address;
    }
    bool set_aside(std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found != conversations_.end() && found->second.set_aside;
    }
    std::uint64_t shown(std::string_view id) const {  // the newest Receipt
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? 0 : found->second.shown;
    }
    std::vector<schema::Leave::How> left(std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? std::vector<schema::Leave::How>{}
                                             : found->second.left;
    }
    using Answers = std::vector<std::pair<std::string, std::uint8_t>>;
    Answers feedback(std::string_view id) const {  // the first Feedback
        const std::lock_guard lock(mutex_);
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? Answers{} : found->second.feedback;
    }
    Matter matter(std::string_view reference) const {
        const std::lock_guard lock(mutex_);
        const auto found = matters_.find(std::string(reference));
        return found == matters_.end() ? Matter{} : found->second;
    }
    int calls(std::uint32_t method) const {
        const std::lock_guard lock(mutex_);
        const auto found = calls_.find(method);
        return found == calls_.end() ? 0 : found->second;
    }
    std::vector<std::string> log() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }
    /// Whether any line of the log holds `text`: for tests that nothing of a person is logged.
    bool logged(std::string_view text) const {
        for (const std::string& line : log())
            if (line.find(text) != line.npos) return true;
        return false;
    }
    /// Waits until `truth` holds, looking again after each call of the plugin. False: time is up.
    template <typename Truth>
    bool wait_for(Truth truth, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
        const auto until = std::chrono::steady_clock::now() + limit;
        for (;;) {
            std::unique_lock lock(mutex_);
            const std::uint64_t seen = changes_;
            lock.unlock();
            if (truth()) return true;
            lock.lock();
            if (!changed_.wait_until(lock, until, [&] { return changes_ != seen; })) {
                lock.unlock();
                return truth();
            }
        }
    }

protected:
    static void fill(schema::Message::Builder to, const Message& from) {
        std::string storage;
        to.setSeq(from.seq);
        to.setAtMs(from.at_ms);
        to.setFrom(from.from);
        to.setKey(data_of(from.key));
        to.setText(text_of(from.text, storage));
    }
    /// Adds the helpline's message; an empty text only sets the state.
    Message write(std::string_view conversation, std::string_view text,
                  schema::ConversationState state) {
        const std::lock_guard lock(mutex_);
        Conversation& at = conversations_[std::string(conversation)];
        at.state = state;
        Message message{0, wall_ms_, schema::Author::HELPLINE, {}, std::string(text)};
        if (text.empty()) return message;
        message.seq = at.messages.size() + 1;
        ++wall_ms_;
        at.messages.push_back(message);
        return message;
    }
    std::vector<std::uint64_t> take_posted() {
        const std::lock_guard lock(mutex_);
        return std::exchange(posted_, {});
    }

private:
    struct Conversation {
        std::vector<Message> messages;
        schema::ConversationState state = schema::ConversationState::NONE;
        std::uint64_t shown = 0;
        std::vector<schema::Leave::How> left;
        std::uint64_t read = 0;
        std::uint32_t position = 0;
        std::uint32_t wait_seconds = 0;
        Answers feedback;
        std::string return_address;
        bool set_aside = false;
    };
    struct Script {
        sanad_status status;
        int times;
        bool carried_out;
    };

    static FakeNode& of(void* ctx) { return *static_cast<FakeNode*>(ctx); }
    static std::uint64_t now(void*) {
        return static_cast<std::uint64_t>(
            std::chrono::steady_clock::now().time_since_epoch().count());
    }
    static void write_log(void* ctx, std::int32_t, const char* utf8, std::size_t size) {
        const std::lock_guard lock(of(ctx).mutex_);
        of(ctx).log_.emplace_back(utf8, std::min(size, log_line_bytes_max));
    }
    static void post(void* ctx, std::uint64_t token) {
        const std::lock_guard lock(of(ctx).mutex_);
        of(ctx).posted_.push_back(token);
        of(ctx).change();
    }
    static const void* get_extension(void* ctx, const char* id) {
        if (id == std::string_view(SANAD_EXT_LOOP)) return of(ctx).loop.table();
        const void* values = of(ctx).values.extension(id);
        return values ? values : of(ctx).openings.extension(id);
    }

    static bool is_of_desk(std::uint32_t method) { return method >> 8 == SANAD_M_ASK >> 8; }

    static sanad_status call(void* ctx, const sanad_call* call) noexcept {
        FakeNode& node = of(ctx);
        std::unique_lock lock(node.mutex_);
        ++node.calls_[call->method];
        node.change();
        sanad_status told = SANAD_OK;
        if (Script* script = node.next_script(call->method)) {
            if (!script->carried_out) return script->status;
            told = script->status;
        }
        try {
            if (is_of_desk(call->method)) lock.unlock();  // such a call may wait
            const sanad_status done =
                is_of_desk(call->method) ? node.desk.call(*call) : node.carry_out(*call);
            return done == SANAD_OK ? told : done;
        } catch (const Error& error) {
            return error.status();
        } catch (...) {
            return SANAD_E_INVALID;
        }
    }

    // The mutex is held from here on.

    void change() {
        ++changes_;
        changed_.notify_all();
    }

    Script* next_script(std::uint32_t method) {
        for (Script& script : scripts_[method])
            if (script.times-- > 0) return &script;
        return nullptr;
    }

    sanad_status carry_out(const sanad_call& call) {
        switch (call.method) {
            case SANAD_M_SUBMIT:
                return submit(call);
            case SANAD_M_RECEIPT:
                return receipt(call);
            case SANAD_M_REPLAY:
                return replay(call);
            case SANAD_M_TYPING:
                return check_conversation(*Received<schema::Typing>(call.request)), SANAD_OK;
            case SANAD_M_LEAVE:
                return leave(call);
            case SANAD_M_FEEDBACK:
                return take_feedback(call);
            case SANAD_M_STATUS:
                return status(call);
            case SANAD_M_VIEW:
                return view(call);
            case SANAD_M_NOTICE:
                return of_call<schema::Notice>(call);
            case SANAD_M_ARRIVE:
                return of_call<schema::Arrive>(call);
            case SANAD_M_ATTACH:
                return of_call<schema::Attach>(call);
            case SANAD_M_SUMMON:
                return of_call<schema::Summon>(call);
            case SANAD_M_RANG:
                return of_call<schema::Rang>(call);
            case SANAD_M_DEVICE:
                return phones.take(call, {})->status;
            default:
                return SANAD_E_UNSUPPORTED;
        }
    }

    template <typename Request>
    sanad_status of_call(const sanad_call& call) {
        const std::string id = check_conversation(*Received<Request>(call.request));
        const bool makes = call.method == SANAD_M_ARRIVE;
        if (makes) {
            const Received<schema::Arrive> arriving(call.request);
            const std::string earlier(view_of(arriving->getEarlier()));
            if (!earlier.empty() && conversations_.count(earlier) == 0) return SANAD_E_NOT_FOUND;
        }
        if (!makes && conversations_.count(id) == 0) return SANAD_E_NOT_FOUND;
        const auto done = phones.take(call, id);
        if (!done || done->status != SANAD_OK) return done ? done->status : SANAD_E_UNSUPPORTED;
        Conversation& at = conversations_[id];
        if (done->arrived) {
            at.state = schema::ConversationState::WAITING;
            const auto arrivals = phones.arrivals(id);
            if (!arrivals.back().return_address.empty())
                at.return_address = arrivals.back().return_address;
        }
        if (done->opened) at.state = schema::ConversationState::OPEN;
        if (!makes) return SANAD_OK;
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::ArriveReply>();
        answer.setState(at.state);
        answer.setDuplicate(done->duplicate);
        if (at.state == schema::ConversationState::WAITING) {
            answer.setPosition(at.position);
            answer.setWaitSeconds(at.wait_seconds);
        }
        return reply(call, built);
    }

    static void check_size(std::size_t size, std::size_t least, std::size_t most) {
        if (size < least || size > most) throw Error(SANAD_E_INVALID, "fake.bad_size");
    }
    template <typename Request>
    static std::string check_conversation(const Request& request) {
        check_size(request.getConversation().size(), conversation_bytes_min,
                   conversation_bytes_max);
        return std::string(view_of(request.getConversation()));
    }
    static sanad_status reply(const sanad_call& call, capnp::MessageBuilder& message) {
        return call.reply ? emit(message, *call.reply) : SANAD_OK;
    }

    sanad_status submit(const sanad_call& call) {
        const Received<schema::Submit> request(call.request);
        Conversation& at = conversations_[check_conversation(*request)];
        check_size(request->getKey().size(), key_bytes_min, key_bytes_max);
        check_size(request->getText().size(), 1, text_bytes_max);
        check_size(request->getReturnAddress().size(), 0, return_address_bytes_max);
        check_size(request->getMarks().size(), 0, marks_max);
        const std::string key(view_of(request->getKey()));
        const auto known = std::find_if(at.messages.begin(), at.messages.end(),
                                        [&](const Message& message) { return message.key == key; });
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::SubmitReply>();
        answer.setDuplicate(known != at.messages.end());
        if (known == at.messages.end()) {
            at.messages.push_back({at.messages.size() + 1, wall_ms_++, schema::Author::PERSON, key,
                                   std::string(view_of(request->getText()))});
            for (const auto mark : request->getMarks())
                at.messages.back().marks.emplace_back(mark.cStr(), mark.size());
            if (request->getReturnAddress().size() > 0)
                at.return_address = view_of(request->getReturnAddress());
            if (at.messages.size() == 1) at.set_aside = request->getSetAside();
            // Somebody who comes back after the end waits again.
            if (at.state == schema::ConversationState::NONE ||
                at.state == schema::ConversationState::ENDED)
                at.state = schema::ConversationState::WAITING;
            answer.setSeq(at.messages.back().seq);
        } else {
            answer.setSeq(known->seq);
        }
        return reply(call, built);
    }

    sanad_status receipt(const sanad_call& call) {
        const Received<schema::Receipt> request(call.request);
        Conversation& at = conversations_[check_conversation(*request)];
        at.shown = std::max(at.shown, request->getSeq());
        return SANAD_OK;
    }

    sanad_status replay(const sanad_call& call) {
        const Received<schema::Replay> request(call.request);
        const Conversation& at = conversations_[check_conversation(*request)];
        check_size(request->getLimit(), 1, replay_limit_max);
        std::vector<const Message*> chosen;
        std::size_t bytes = 0;
        bool more = false;
        for (const Message& message : at.messages) {
            if (message.seq <= request->getAfter()) continue;
            bytes += message.text.size();
            more = chosen.size() == request->getLimit() || bytes > replay_text_bytes_max;
            if (more) break;
            chosen.push_back(&message);
        }
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::ReplayReply>();
        auto messages = answer.initMessages(static_cast<unsigned>(chosen.size()));
        for (unsigned i = 0; i < messages.size(); ++i) fill(messages[i], *chosen[i]);
        answer.setMore(more);
        answer.setState(at.state);
        answer.setRead(at.read);
        answer.setReturnAddress(data_of(at.return_address));
        if (at.state == schema::ConversationState::WAITING) {
            answer.setPosition(at.position);
            answer.setWaitSeconds(at.wait_seconds);
        }
        return reply(call, built);
    }

    sanad_status take_feedback(const sanad_call& call) {
        const Received<schema::Feedback> request(call.request);
        const auto found = conversations_.find(check_conversation(*request));
        if (found == conversations_.end() || found->second.messages.empty())
            return SANAD_E_NOT_FOUND;
        Answers answers;
        for (const auto answer : request->getAnswers()) {
            const auto face = answer.getFace();
            if (face < 1 || face > 5 || answer.getQuestion().size() == 0) return SANAD_E_INVALID;
            answers.emplace_back(std::string(view_of(answer.getQuestion())), face);
        }
        if (answers.empty()) return SANAD_E_INVALID;
        if (found->second.feedback.empty()) found->second.feedback = std::move(answers);
        return SANAD_OK;
    }

    sanad_status leave(const sanad_call& call) {
        const Received<schema::Leave> request(call.request);
        Conversation& at = conversations_[check_conversation(*request)];
        at.left.push_back(request->getHow());
        if (request->getHow() == schema::Leave::How::ABANDONED &&
            at.state == schema::ConversationState::WAITING)
            at.state = schema::ConversationState::ENDED;
        return SANAD_OK;
    }

    Matter* find_matter(capnp::Data::Reader reference) {
        check_size(reference.size(), reference_bytes, reference_bytes);
        const auto found = matters_.find(std::string(view_of(reference)));
        return found == matters_.end() ? nullptr : &found->second;
    }

    sanad_status status(const sanad_call& call) {
        const Received<schema::Status> request(call.request);
        Matter* matter = find_matter(request->getReference());
        check_size(request->getKey().size(), key_bytes_min, key_bytes_max);
        check_size(request->getNote().size(), 0, note_bytes_max);
        if (!matter) return SANAD_E_NOT_FOUND;
        const std::string key(view_of(request->getKey()));
        const bool known = std::any_of(matter->news.begin(), matter->news.end(),
                                       [&](const News& news) { return news.key == key; });
        if (!known) {
            static constexpr const char* names[] = {"acknowledged", "in_progress", "completed",
                                                    "declined"};
            const auto number = static_cast<std::size_t>(request->getStatus());
            check_size(number, 0, std::size(names) - 1);
            matter->state = names[number];
            matter->news.push_back(
                {key, request->getStatus(), request->getNote(), request->getBy()});
        }
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::StatusReply>();
        answer.setDuplicate(known);
        answer.setState(matter->state);
        return reply(call, built);
    }

    sanad_status view(const sanad_call& call) {
        const Received<schema::View> request(call.request);
        const Matter* matter = find_matter(request->getReference());
        if (!matter || matter->closed) return SANAD_E_NOT_FOUND;
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::ViewReply>();
        answer.setView(matter->view);
        answer.setState(matter->state);
        answer.setUrgency(matter->urgency);
        answer.setCreatedAtMs(matter->created_at_ms);
        return reply(call, built);
    }

    mutable std::mutex mutex_;  // guards all below but table_
    std::condition_variable changed_;
    std::uint64_t changes_ = 0;
    std::map<std::string, Conversation> conversations_;
    std::map<std::string, Matter> matters_;
    std::map<std::uint32_t, std::vector<Script>> scripts_;
    std::map<std::uint32_t, int> calls_;
    std::vector<std::string> log_;
    std::vector<std::uint64_t> posted_;
    std::int64_t wall_ms_ = 1'800'000'000'000;  // one more with each message: order shows
    sanad_host table_{sizeof(sanad_host), SANAD_ABI_MINOR, this, call, write_log, now, post,
                      get_extension};
};

}  // namespace sanad::plugin
