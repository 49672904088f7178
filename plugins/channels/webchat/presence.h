#pragma once

#include "plugins/shared/http/server.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sanad::webchat {

/// Takes `most` at once and gives one back every `pace`.
class Budget {
public:
    using Time = std::chrono::steady_clock::time_point;

    Budget(double most, std::chrono::milliseconds pace) : most_(most), pace_(pace), left_(most) {}

    /// Nothing: spent. Else how long to wait until there is one.
    std::optional<std::chrono::milliseconds> spend(Time now);

private:
    double most_;
    std::chrono::duration<double> pace_;
    double left_;
    Time at_{};
};

/// Who is here: which sockets belong to which conversation, and how much each may do. Memory only.
///
/// threads  any
class Presence {
public:
    using Time = Budget::Time;
    using SocketId = http::SocketId;

    static constexpr double messages_burst = 5;
    static constexpr std::chrono::milliseconds message_pace{2000};  // 5 in 10 s
    static constexpr double frames_burst = 60;
    static constexpr std::chrono::milliseconds frame_pace{50};
    static constexpr std::chrono::milliseconds typing_pace{2000};
    static constexpr double where_burst = 4;
    static constexpr std::chrono::milliseconds where_pace{15'000};
    static constexpr std::chrono::milliseconds code_wait{1000};        // the least
    static constexpr std::chrono::milliseconds code_wait_max{16'000};  // an answer is due in 30 s
    static constexpr std::size_t code_tries_free = 3;                  // before it doubles
    static constexpr std::size_t sockets_per_conversation = 5;         // tabs; the oldest gives way
    static constexpr std::size_t sources_max = 20'000;                 // older ones are forgotten
    static constexpr std::size_t forms_max = 20'000;                   // the same

    /// per_hour  new conversations of one source; 0: no limit
    explicit Presence(std::uint32_t per_hour) : per_hour_(per_hour) {}

    void opened(SocketId socket, std::uint64_t source);

    /// One frame came. False: the socket sends too many.
    bool spend_frame(SocketId socket, Time now);

    /// The socket said hello for `conversation`. False: it belongs to one already.
    bool join(SocketId socket, const std::string& conversation);
    /// Takes join back.
    void unjoin(SocketId socket);

    /// Whether a conversation that nobody wrote in may begin: counts against the socket's source,
    /// once a conversation; `pressed` is counted and always let in.
    bool admit(SocketId socket, Time now, bool pressed);

    /// The same for a form, which no socket stands behind.
    bool admit_source(std::uint64_t source, Time now, bool pressed);

    /// Empty: it said no hello yet.
    std::string conversation_of(SocketId socket) const;
    std::vector<SocketId> sockets_of(const std::string& conversation) const;
    /// Sockets over the limit for this conversation, to be closed.
    std::vector<SocketId> surplus(const std::string& conversation) const;

    /// Nothing: a message may be sent. Else how long to wait.
    std::optional<std::chrono::milliseconds> spend_message(const std::string& conversation,
                                                           Time now);
    /// The same for a form; once a person has written by both, each has its own budget.
    std::optional<std::chrono::milliseconds> spend_form(const std::string& conversation, Time now);
    /// Whether this receipt is news.
    bool note_seen(const std::string& conversation, std::uint64_t seq);
    bool spend_typing(const std::string& conversation, Time now);
    /// Whether the node may be asked again where the person stands.
    bool spend_where(const std::string& conversation, Time now);

    /// Somebody tries a return code. How long the answer is to wait, whatever it will be: more with
    /// each try of this source within an hour. A right one is taken back.
    std::chrono::milliseconds try_code(std::uint64_t source, Time now);
    void code_was_right(std::uint64_t source);

    /// There is something in it: its person can be missed.
    void note_written(const std::string& conversation);
    /// Its person said goodbye: nobody is missed.
    void note_left(const std::string& conversation);

    struct Absence {
        std::string conversation;
        std::uint64_t number;  // of this absence
    };
    /// The socket has gone. An absence when it was the last of a conversation with a person to
    /// miss.
    std::optional<Absence> closed(SocketId socket);
    /// Whether nobody came back since; then the conversation is forgotten here.
    bool still_absent(const Absence& absence);

private:
    struct Visitor {
        std::uint64_t source;
        std::string conversation;
        Budget frames{frames_burst, frame_pace};
    };
    struct Conversation {
        std::vector<SocketId> sockets;  // oldest first
        Budget messages{messages_burst, message_pace};
        Budget typing{1, typing_pace};
        Budget where{where_burst, where_pace};
        std::uint64_t seen = 0;
        std::uint64_t absence = 0;
        bool written = false;
        bool admitted = false;
        bool left = false;
    };

    // The mutex is held.
    bool begin(std::uint64_t source, Time now, bool pressed);
    std::size_t begun_within_hour(std::uint64_t source, Time now);
    void remove(SocketId socket, std::string& conversation);

    const std::uint32_t per_hour_;
    mutable std::mutex mutex_;  // guards the rest
    std::unordered_map<SocketId, Visitor> visitors_;
    std::unordered_map<std::string, Conversation> conversations_;
    std::unordered_map<std::uint64_t, std::deque<Time>> begun_;  // by source
    std::unordered_map<std::uint64_t, std::deque<Time>> tries_;  // of codes, by source
    std::unordered_map<std::string, Budget> forms_;              // by conversation
    std::uint64_t absences_ = 0;
};

}  // namespace sanad::webchat
