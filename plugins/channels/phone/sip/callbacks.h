#pragma once

#include "plugins/channels/phone/sip/exchange.h"

#include <cstddef>
#include <cstdint>

namespace sanad::phone {

/// What the library calls: each finds the Exchange, or the Leg, behind `self`. Internal.
struct Exchange::Callbacks {
    static bool request(const sip_msg* message, void* self);
    static void incoming(const sip_msg* message, void* self);
    static void registered(int error, const sip_msg* message, void* self);
    static int trunk_password(char** user, char** password, const char* realm, void* self);
    static void all_closed(void* self);
    static int offer(mbuf** answer, const sip_msg* message, void* leg);
    static int answer(const sip_msg* message, void* leg);
    static void progress(const sip_msg* message, void* leg);
    static void established(const sip_msg* message, void* leg);
    static void info(sip* stack, const sip_msg* message, void* leg);
    static void closed(int error, const sip_msg* message, void* leg);
    static void refreshed(int error, const sip_msg* message, void* leg);
};

}  // namespace sanad::phone
