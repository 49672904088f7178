#pragma once

#include "core/base/bytes.h"

#include <functional>

namespace sanad::api {

/// The door for people who sign in at a desk plugin: the same requests, but who asks is the session
/// and never what the request says. The desk itself may do nothing.
class DeskDoor {
public:
    struct Answered {
        Bytes reply;         // a Reply of schemas/api.capnp, flat
        Bytes session;       // of somebody who has just signed in; else empty
        bool ended = false;  // the session is over, or there is none
    };
    using Answer = std::function<void(Answered)>;

    virtual ~DeskDoor() = default;

    /// Answers `request` exactly once, now or later and from any thread.
    ///
    /// session  as an answer gave it, or empty; any bytes
    /// request  from outside: any bytes of any length; both are borrowed until this returns
    /// threads  any
    virtual void ask(ByteView session, ByteView request, Answer answer) = 0;

    /// Whether somebody is signed in with that session; asking does not keep it alive. threads  any
    virtual bool is_signed_in(ByteView session) = 0;
};

}  // namespace sanad::api
