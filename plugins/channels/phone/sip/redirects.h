#pragma once

#include "plugins/channels/phone/sip/handle.h"

#include <cstdint>
#include <span>

namespace sanad::phone {

/// The library follows a 3xx to wherever its Contact says, without asking: whoever is rung could
/// send our call to any number. It shows every message to a trace handler before it acts on it, and
/// that is where the Contact of a 3xx is made unreadable; then the call fails. Internal.
void refuse_redirects(sip* stack);

/// Overwrites the values of Contact, where the message is a 3xx.
void spoil_redirect(std::span<char> message);

}  // namespace sanad::phone
