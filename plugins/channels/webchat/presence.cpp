#include "plugins/channels/webchat/presence.h"

#include <algorithm>

namespace sanad::webchat {

using std::chrono::milliseconds;

std::optional<milliseconds> Budget::spend(Time now) {
    if (at_ != Time{})
        left_ = std::min(most_, left_ + std::chrono::duration<double>(now - at_) / pace_);
    at_ = now;
    if (left_ >= 1) {
        left_ -= 1;
        return {};
    }
    return std::chrono::ceil<milliseconds>(pace_ * (1 - left_));
}

void Presence::opened(SocketId socket, std::uint64_t source) {
    const std::lock_guard lock(mutex_);
    visitors_.try_emplace(socket, Visitor{source, {}});
}

bool Presence::spend_frame(SocketId socket, Time now) {
    const std::lock_guard lock(mutex_);
    const auto found = visitors_.find(socket);
    return found != visitors_.end() && !found->second.frames.spend(now);
}

bool Presence::join(SocketId socket, const std::string& conversation) {
    const std::lock_guard lock(mutex_);
    const auto found = visitors_.find(socket);
    if (found == visitors_.end() || !found->second.conversation.empty()) return false;
    found->second.conversation = conversation;
    Conversation& at = conversations_[conversation];
    at.sockets.push_back(socket);
    at.left = false;
    at.absence = 0;
    return true;
}

void Presence::unjoin(SocketId socket) {
    const std::lock_guard lock(mutex_);
    const auto found = visitors_.find(socket);
    if (found == visitors_.end()) return;
    const std::string conversation = found->second.conversation;
    remove(socket, found->second.conversation);
    const auto at = conversations_.find(conversation);
    if (at != conversations_.end() && at->second.sockets.empty() && !at->second.written)
        conversations_.erase(at);
}

bool Presence::admit(SocketId socket, Time now, bool pressed) {
    const std::lock_guard lock(mutex_);
    const auto visitor = visitors_.find(socket);
    if (visitor == visitors_.end()) return false;
    const auto at = conversations_.find(visitor->second.conversation);
    if (at == conversations_.end()) return false;
    if (per_hour_ == 0 || at->second.admitted) return true;
    at->second.admitted = begin(visitor->second.source, now, pressed);
    return at->second.admitted;
}

bool Presence::admit_source(std::uint64_t source, Time now, bool pressed) {
    const std::lock_guard lock(mutex_);
    return per_hour_ == 0 || begin(source, now, pressed);
}

bool Presence::begin(std::uint64_t source, Time now, bool pressed) {
    if (begun_within_hour(source, now) >= per_hour_ && !pressed) return false;
    if (begun_.size() >= sources_max) begun_.clear();
    begun_[source].push_back(now);
    return true;
}

std::size_t Presence::begun_within_hour(std::uint64_t source, Time now) {
    const auto found = begun_.find(source);
    if (found == begun_.end()) return 0;
    auto& times = found->second;
    while (!times.empty() && now - times.front() >= std::chrono::hours(1)) times.pop_front();
    while (times.size() > per_hour_) times.pop_front();  // more would not change the answer
    return times.size();
}

std::string Presence::conversation_of(SocketId socket) const {
    const std::lock_guard lock(mutex_);
    const auto found = visitors_.find(socket);
    return found == visitors_.end() ? std::string() : found->second.conversation;
}

std::vector<http::SocketId> Presence::sockets_of(const std::string& conversation) const {
    const std::lock_guard lock(mutex_);
    const auto found = conversations_.find(conversation);
    return found == conversations_.end() ? std::vector<SocketId>{} : found->second.sockets;
}

std::vector<http::SocketId> Presence::surplus(const std::string& conversation) const {
    auto sockets = sockets_of(conversation);
    sockets.resize(sockets.size() - std::min(sockets.size(), sockets_per_conversation));
    return sockets;
}

std::optional<milliseconds> Presence::spend_message(const std::string& conversation, Time now) {
    const std::lock_guard lock(mutex_);
    return conversations_[conversation].messages.spend(now);
}

std::optional<milliseconds> Presence::spend_form(const std::string& conversation, Time now) {
    const std::lock_guard lock(mutex_);
    if (forms_.size() >= forms_max && !forms_.contains(conversation)) forms_.clear();
    return forms_.try_emplace(conversation, messages_burst, message_pace).first->second.spend(now);
}

bool Presence::note_seen(const std::string& conversation, std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    std::uint64_t& seen = conversations_[conversation].seen;
    if (seq <= seen) return false;
    seen = seq;
    return true;
}

bool Presence::spend_typing(const std::string& conversation, Time now) {
    const std::lock_guard lock(mutex_);
    return !conversations_[conversation].typing.spend(now);
}

bool Presence::spend_where(const std::string& conversation, Time now) {
    const std::lock_guard lock(mutex_);
    return !conversations_[conversation].where.spend(now);
}

milliseconds Presence::try_code(std::uint64_t source, Time now) {
    const std::lock_guard lock(mutex_);
    if (tries_.size() >= sources_max && !tries_.contains(source)) tries_.clear();
    auto& times = tries_[source];
    while (!times.empty() && now - times.front() >= std::chrono::hours(1)) times.pop_front();
    if (times.size() < 64) times.push_back(now);
    milliseconds wait = code_wait;
    for (std::size_t tried = code_tries_free; tried < times.size() && wait < code_wait_max; ++tried)
        wait *= 2;
    return wait;
}

void Presence::code_was_right(std::uint64_t source) {
    const std::lock_guard lock(mutex_);
    if (const auto found = tries_.find(source); found != tries_.end() && !found->second.empty())
        found->second.pop_back();
}

void Presence::note_written(const std::string& conversation) {
    const std::lock_guard lock(mutex_);
    if (const auto found = conversations_.find(conversation); found != conversations_.end())
        found->second.written = true;
}

void Presence::note_left(const std::string& conversation) {
    const std::lock_guard lock(mutex_);
    if (const auto found = conversations_.find(conversation); found != conversations_.end())
        found->second.left = true;
}

std::optional<Presence::Absence> Presence::closed(SocketId socket) {
    const std::lock_guard lock(mutex_);
    const auto visitor = visitors_.find(socket);
    if (visitor == visitors_.end()) return {};
    std::string conversation = visitor->second.conversation;
    remove(socket, visitor->second.conversation);
    visitors_.erase(visitor);
    const auto at = conversations_.find(conversation);
    if (at == conversations_.end() || !at->second.sockets.empty()) return {};
    if (!at->second.written || at->second.left) {
        conversations_.erase(at);
        return {};
    }
    at->second.absence = ++absences_;
    return Absence{std::move(conversation), at->second.absence};
}

bool Presence::still_absent(const Absence& absence) {
    const std::lock_guard lock(mutex_);
    const auto found = conversations_.find(absence.conversation);
    if (found == conversations_.end() || found->second.absence != absence.number) return false;
    conversations_.erase(found);
    return true;
}

void Presence::remove(SocketId socket, std::string& conversation) {
    if (const auto found = conversations_.find(conversation); found != conversations_.end())
        std::erase(found->second.sockets, socket);
    conversation.clear();
}

}  // namespace sanad::webchat
